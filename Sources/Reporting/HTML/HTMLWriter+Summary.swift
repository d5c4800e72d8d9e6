// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension HTMLWriter {
  /// Rows of a table that are shown before the rest is folded away.
  private static let most = 12

  /// Four answers, and what each compressed model lost.
  func summary(of report: Report) -> [HTML] {
    let summary = ReportSummary(report)
    let cards = HTML.element(
      "dl", ["class": "cards"],
      [
        card("What was compressed?", nil, compressed(in: report)),
        card("What did it cost in robustness?", cost(summary).kind, cost(summary).lines),
        card("How sure is that?", nil, certainty(summary)),
        card("May it ship?", shipping(summary).kind, shipping(summary).lines),
      ])
    guard !summary.rows.isEmpty else { return [cards.line] }
    let table = losses(summary)
    return [cards.line, HTML.element("h3", "Every compressed model against its dense parent").line]
      + folding(table)
  }

  /// A table whose rows beyond the first ones are folded away.
  func folding(_ table: ReportTable) -> [HTML] {
    guard table.rows.count > Self.most + 3 else { return [table.html] }
    let first = ReportTable(
      caption: table.caption, columns: table.columns, rows: Array(table.rows.prefix(Self.most)))
    let rest = ReportTable(
      caption: "\(table.caption), the rest", columns: table.columns,
      rows: Array(table.rows.dropFirst(Self.most)))
    return [first.html, HTMLPage.folded("Show all other rows", [rest.html])]
  }

  private func card(_ question: String, _ kind: String?, _ lines: [HTML]) -> HTML {
    let content = [HTML.element("dt", question).line, HTML.element("dd", lines).line]
    return
      (kind.map { HTML.element("div", ["class": $0], content) }
      ?? HTML.element("div", content)).line
  }

  private func compressed(in report: Report) -> [HTML] {
    let models = report.variants.filter { $0.parent != nil }
    guard !models.isEmpty else { return [HTMLPage.paragraph("Nothing: all models are dense.")] }
    func list(_ names: [String]) -> String {
      var different: [String] = []
      for name in names where !different.contains(name) { different.append(name) }
      let shown = different.prefix(6).joined(separator: ", ")
      return different.count > 6 ? "\(shown) and others" : shown
    }
    let sparsities = Set(models.map(\.sparsity.requested)).sorted().map { $0.fixed(3) }
    return [
      HTMLPage.paragraph("\(models.count) of \(report.variants.count) models."),
      HTMLPage.paragraph("Model: \(list(models.map(\.architecture)))."),
      HTMLPage.paragraph("Compression: \(list(models.map(\.compression)))."),
      HTML.element(
        "p", ["data-of": "variants"], "Sparsity requested: \(list(sparsities))."
      ).line,
      HTMLPage.paragraph("Training: \(list(models.map(\.training)))."),
    ]
  }

  private func cost(_ summary: ReportSummary) -> (kind: String?, lines: [HTML]) {
    guard let worst = summary.worst.first else {
      return (nil, [HTMLPage.paragraph("Nothing was compared that may be judged.")])
    }
    let comparison = summary.report.comparisons[worst]
    let answers = ReportSummary.Answer.allCases.filter { summary.count($0) > 0 }
    let isWorse = summary.rows.contains(where: \.isWorse)
    let kind = isWorse ? "worse" : summary.count(.harder) > 0 ? "better" : nil
    let direction = comparison.difference < 0 ? "Largest loss" : "Smallest change"
    return (
      kind,
      [
        HTML.element(
          "p", ["data-of": "comparisons/\(worst)"],
          "\(direction) in robust accuracy: \(comparison.differenceText)."
        ).line,
        HTMLPage.paragraph("It is that of \(comparison.head)."),
        HTML.element(
          "ul", answers.map { HTML.element("li", "\(summary.count($0)): \($0.rawValue)").line }
        ).line,
      ]
    )
  }

  private func certainty(_ summary: ReportSummary) -> [HTML] {
    let report = summary.report
    let counts = Set(report.evaluations.map(\.examples)).sorted().map(String.init)
    let checks = report.evaluations.flatMap { $0.checks ?? [] }.count { $0.sample > 0 }
    var lines = [
      "\(counts.joined(separator: " or ")) examples for each number,"
        + (report.stopping == nil ? " exact" : "") + " 95 % intervals.",
      "\(report.comparisons.count) paired tests, corrected by Holm.",
      checks == 0 ? "No soundness checks were made." : "\(checks) soundness checks were made.",
    ]
    let flags = [SoundnessFlag.Severity.blocking, .warning, .note].compactMap { severity in
      let count = summary.flagged(severity)
      return count > 0 ? "\(count) with a \(severity.rawValue) flag" : nil
    }
    lines.append(
      flags.isEmpty
        ? "No flag is up." : "Evaluations: \(flags.joined(separator: ", ")).")
    return lines.map { HTMLPage.paragraph($0) }
  }

  private func losses(_ summary: ReportSummary) -> ReportTable {
    let comparisons = summary.report.comparisons
    let tables = ReportTables(summary.report)
    return ReportTable(
      caption: "Every compressed model against its dense parent",
      columns: [
        .text("answer"), .text("evaluation"), .number("sparsity"),
        .number("robust accuracy, head − base"), .number("clean accuracy, head − base"),
        .number("packed bytes"), .number("bytes unpacked, dense"),
      ],
      rows: summary.worstFirst.map { row in
        ReportTable.Row(
          [
            row.answer.rawValue, row.evaluation.id, row.variant.sparsity.achieved.fixed(3),
            row.robust.map { comparisons[$0].differenceText } ?? "not compared",
            row.clean.map { comparisons[$0].differenceText } ?? "not compared",
            String(row.variant.packedBytes), String(row.variant.denseBytes),
          ],
          of: [
            tables.place(ofEvaluation: row.evaluation.id), tables.place(ofVariant: row.variant.id),
          ]
            + [row.robust, row.clean].compactMap { $0.map { "comparisons/\($0)" } },
          kind: row.answer.kind)
      })
  }
}
