// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension MarkdownWriter {
  /// One table for each attacker.
  func results(in report: Report) -> String {
    let parts = EvaluationGroup.all(in: report).map { group in
      "Attacker: \(Markdown.escaped(group.caption)).\n\n" + table(of: group)
    }
    return "## Results\n\n" + parts.joined(separator: "\n")
  }

  private func table(of group: EvaluationGroup) -> String {
    let certified = group.rows.contains { $0.evaluation.certifiedAccuracy != nil }
    var table = MarkdownTable(
      [
        .text("variant"), .text("training"), .text("compression"), .number("sparsity requested"),
        .number("achieved"), .number("clean accuracy"), .number("robust accuracy"),
      ] + (certified ? [.number("certified accuracy")] : [])
        + [.number("bytes"), .number("latency (ms)")])
    for row in group.rows {
      let (evaluation, variant) = (row.evaluation, row.variant)
      let examples = evaluation.examples
      let certificate = evaluation.certifiedAccuracy?.text(examples: examples) ?? "not computed"
      table.append(
        [
          variant.id, variant.training, variant.compression, variant.sparsity.requested.fixed(3),
          variant.sparsity.achieved.fixed(3), evaluation.cleanAccuracy.text(examples: examples),
          evaluation.robustAccuracy.text(examples: examples),
        ] + (certified ? [certificate] : [])
          + [String(variant.packedBytes), variant.latency?.text ?? "not measured"])
    }
    return table.text
  }

  /// Links to the pictures that lie beside the report.
  func plots(of report: Report) -> String {
    let links = PlotWriter().plots(in: report).map { plot in
      "![\(Markdown.escaped(plot.caption))](\(plot.pathWithoutExtension).svg)\n"
    }
    return links.joined(separator: "\n")
  }

  /// The paired tests.
  func comparisons(in report: Report) -> String {
    guard !report.comparisons.isEmpty else { return "" }
    var table = MarkdownTable([
      .text("accuracy"), .text("base"), .text("head"), .number("head − base"),
      .number("lost"), .number("won"), .number("p exact"), .number("mid-p"), .number("p Holm"),
    ])
    for comparison in report.comparisons {
      table.append([
        comparison.kind.rawValue, comparison.base, comparison.head, comparison.differenceText,
        String(comparison.b), String(comparison.c), comparison.pExact.probabilityText,
        comparison.pMid.probabilityText, comparison.pHolm.probabilityText,
      ])
    }
    return """
      ## Comparisons

      Each compressed model against its dense parent, on the same examples. Lost: the base alone is \
      right; won: the head alone. Exact McNemar test, score interval of the difference; Holm corrects \
      the exact p-values for the number of tests in this table, \(report.comparisons.count).

      \(table.text)
      """
  }

  /// What each variant takes to store, to run and to make.
  func cost(in report: Report) -> String {
    var table = MarkdownTable([
      .text("variant"), .number("parameters"), .number("not zero"), .number("MACs"),
      .number("of dense MACs"), .number("bytes packed"), .number("of dense bytes"),
      .number("latency, batch 64 (ms)"), .number("times as fast as dense"),
      .number("batch 64"), .number("seconds to make"),
    ])
    for variant in report.variants {
      table.append([
        variant.id, String(variant.parameters), String(variant.nonzeroParameters),
        String(variant.macs), share(variant.macs, of: variant.denseMacs),
        String(variant.packedBytes), share(variant.packedBytes, of: variant.denseBytes),
        variant.latencyBatch64?.text ?? "not measured", variant.speedup?.text ?? "",
        variant.speedupBatch64?.text ?? "", variant.seconds.fixed(1),
      ])
    }
    let idle = report.variants.flatMap { [$0.kernelNote, $0.timeNotSaved].compactMap(\.self) }
    let notes = idle.map { "- \(Markdown.escaped($0))\n" }.joined()
    return "## What was compressed and what it cost\n\n" + table.text
      + (notes.isEmpty ? "" : "\n\(notes)")
  }

  private func share(_ part: Int, of whole: Int) -> String {
    whole > 0 ? (Double(part) / Double(whole) * 100).fixed(1) + " %" : "unknown"
  }

  /// What each attack did, in the order in which they ran.
  func attacks(in report: Report) -> String {
    var table = MarkdownTable([
      .text("evaluation"), .text("attack"), .text("parameters"), .number("attacked"),
      .number("broken"), .number("robust accuracy after it"), .number("median distance"),
      .number("gradients"), .number("queries"), .number("seconds"),
    ])
    for evaluation in report.evaluations {
      for attack in evaluation.attacks {
        let estimate = Estimate(value: attack.robustAccuracy, low: attack.low, high: attack.high)
        table.append([
          evaluation.id, attack.name, parameters(of: attack), String(attack.attacked),
          String(attack.broken), estimate.text(examples: evaluation.examples),
          attack.medianDistance.map { $0.fixed(4) } ?? "none", String(attack.gradients),
          String(attack.queries), attack.seconds.fixed(1),
        ])
      }
    }
    return
      "## Attacks\n\nIn the order in which they ran; an example that one broke is not attacked "
      + "again.\n\n" + table.text
  }

  private func parameters(of attack: AttackRecord) -> String {
    attack.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      .joined(separator: " ")
  }
}

extension MedianRecord {
  /// The median with its interval.
  var text: String { "\(median.fixed(2)) [\(low.fixed(2)), \(high.fixed(2))]" }
}
