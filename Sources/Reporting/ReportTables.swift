// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// The tables that every form of a report for people shares.
struct ReportTables {
  let report: Report
  private let variantPlaces: [String: Int]
  private let evaluationPlaces: [String: Int]

  init(_ report: Report) {
    self.report = report
    variantPlaces = Self.places(of: report.variants.map(\.id))
    evaluationPlaces = Self.places(of: report.evaluations.map(\.id))
  }

  private static func places(of ids: [String]) -> [String: Int] {
    Dictionary(ids.enumerated().map { ($1, $0) }) { first, _ in first }
  }

  /// Where a variant stands in the report.
  func place(ofVariant id: String) -> String { "variants/\(variantPlaces[id] ?? 0)" }

  /// Where an evaluation stands in the report.
  func place(ofEvaluation id: String) -> String { "evaluations/\(evaluationPlaces[id] ?? 0)" }

  /// What one attacker found.
  func results(of group: EvaluationGroup) -> ReportTable {
    let isCertified = group.rows.contains { $0.evaluation.certifiedAccuracy != nil }
    let columns: [ReportTable.Column] =
      [
        .text("variant"), .text("training"), .text("compression"), .number("sparsity requested"),
        .number("achieved"), .number("clean accuracy"), .number("robust accuracy"),
      ] + (isCertified ? [.number("certified accuracy")] : [])
      + [.number("bytes"), .number("latency (ms)")]
    let rows = group.rows.map { row in
      let (evaluation, variant) = (row.evaluation, row.variant)
      let examples = evaluation.examples
      let certificate = evaluation.certifiedAccuracy?.text(examples: examples) ?? "not computed"
      return ReportTable.Row(
        [
          variant.id, variant.training, variant.compression, variant.sparsity.requested.fixed(3),
          variant.sparsity.achieved.fixed(3), evaluation.cleanAccuracy.text(examples: examples),
          evaluation.robustAccuracy.text(examples: examples),
        ] + (isCertified ? [certificate] : [])
          + [String(variant.packedBytes), variant.latency?.text ?? "not measured"],
        of: [place(ofEvaluation: evaluation.id), place(ofVariant: variant.id)])
    }
    return ReportTable(caption: "Results, \(group.caption)", columns: columns, rows: rows)
  }

  /// The paired tests.
  var comparisons: ReportTable {
    ReportTable(
      caption: "Comparisons",
      columns: [
        .text("accuracy"), .text("base"), .text("head"), .number("head − base"),
        .number("lost"), .number("won"), .number("p exact"), .number("mid-p"), .number("p Holm"),
      ],
      rows: report.comparisons.enumerated().map { index, comparison in
        ReportTable.Row(
          [
            comparison.kind.rawValue, comparison.base, comparison.head, comparison.differenceText,
            String(comparison.b), String(comparison.c), comparison.pExact.probabilityText,
            comparison.pMid.probabilityText, comparison.pHolm.probabilityText,
          ], of: ["comparisons/\(index)"])
      })
  }

  /// What each variant takes to store, to run and to make.
  var cost: ReportTable {
    ReportTable(
      caption: "What was compressed and what it cost",
      columns: [
        .text("variant"), .number("parameters"), .number("not zero"), .number("MACs"),
        .number("of dense MACs", in: .markdown), .number("dense MACs", in: .page),
        .number("bytes packed"), .number("of dense bytes", in: .markdown),
        .number("bytes unpacked", in: .page), .number("latency, batch 64 (ms)"),
        .number("times as fast as dense"), .number("batch 64"), .number("seconds to make"),
      ],
      rows: report.variants.map { variant in
        ReportTable.Row(
          [
            variant.id, String(variant.parameters), String(variant.nonzeroParameters),
            String(variant.macs), share(variant.macs, of: variant.denseMacs),
            String(variant.denseMacs), String(variant.packedBytes),
            share(variant.packedBytes, of: variant.denseBytes), String(variant.denseBytes),
            variant.latencyBatch64?.text ?? "not measured", variant.speedup?.text ?? "",
            variant.speedupBatch64?.text ?? "", variant.seconds.fixed(1),
          ], of: [place(ofVariant: variant.id)])
      })
  }

  private func share(_ part: Int, of whole: Int) -> String {
    whole > 0 ? (Double(part) / Double(whole) * 100).fixed(1) + " %" : "unknown"
  }

  /// What each attack did, in the order in which they ran.
  var attacks: ReportTable {
    let rows = report.evaluations.enumerated().flatMap { place, evaluation in
      evaluation.attacks.enumerated().map { index, attack in
        let estimate = Estimate(value: attack.robustAccuracy, low: attack.low, high: attack.high)
        return ReportTable.Row(
          [
            evaluation.id, attack.name, parameters(of: attack), String(attack.attacked),
            String(attack.broken), estimate.text(examples: evaluation.examples),
            attack.medianDistance.map { $0.fixed(4) } ?? "none", String(attack.gradients),
            String(attack.queries), attack.seconds.fixed(1),
          ], of: ["evaluations/\(place)/attacks/\(index)", "evaluations/\(place)/examples"])
      }
    }
    return ReportTable(
      caption: "Attacks",
      columns: [
        .text("evaluation"), .text("attack"), .text("parameters"), .number("attacked"),
        .number("broken"), .number("robust accuracy after it"), .number("median distance"),
        .number("gradients"), .number("queries"), .number("seconds"),
      ], rows: rows)
  }

  private func parameters(of attack: AttackRecord) -> String {
    attack.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      .joined(separator: " ")
  }

  /// Every soundness check of every evaluation, passed or not.
  var checks: ReportTable {
    let rows = report.evaluations.enumerated().flatMap { place, evaluation in
      (evaluation.checks ?? []).enumerated().map { index, check in
        ReportTable.Row(
          [
            evaluation.id, check.check,
            check.sample == 0 ? "left out" : check.severity?.rawValue ?? "passed",
            check.value.fixed(4), check.threshold.fixed(4), String(check.sample), check.message,
          ], of: ["evaluations/\(place)/checks/\(index)"],
          kind: check.severity == nil ? nil : "worse")
      }
    }
    return ReportTable(
      caption: "Soundness checks",
      columns: [
        .text("evaluation"), .text("check"), .text("answer"), .number("value"),
        .number("threshold"), .number("examples"), .text("what was found"),
      ], rows: rows)
  }
}

extension MedianRecord {
  /// The median with its interval, in milliseconds.
  var text: String { "\(median.fixed(2)) [\(low.fixed(2)), \(high.fixed(2))]" }
}
