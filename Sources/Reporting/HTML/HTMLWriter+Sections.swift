// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension HTMLWriter {
  /// Findings that are shown before the rest is folded away.
  private static let most = 12

  /// The sentences that the numbers support, with the numbers.
  func findings(in report: Report) -> [HTML] {
    guard !report.findings.isEmpty else { return [HTMLPage.paragraph("Nothing was compared.")] }
    // What was shown comes before what was not.
    let findings = Array(report.findings.enumerated())
    let ordered =
      findings.filter { $0.element.verdict != .undecided }
      + findings.filter { $0.element.verdict == .undecided }
    let items = ordered.map { index, finding in
      HTML.element(
        "li", ["data-of": "findings/\(index)"],
        [
          HTML.element("div", finding.statement).line,
          HTML.element("div", ["class": "faint"], finding.evidence),
        ]
      ).line
    }
    func list(_ items: some Collection<HTML>) -> HTML {
      HTML.element("ul", ["class": "findings"], Array(items)).line
    }
    let opening = HTMLPage.paragraph(ReportProse.scope)
    guard items.count > Self.most + 3 else { return [opening, list(items)] }
    let rest = items.dropFirst(Self.most)
    return [
      opening, list(items.prefix(Self.most)),
      HTMLPage.folded("Show all other findings", [list(rest)]),
    ]
  }

  /// What each variant takes, and what the numbers must be read with.
  func footprint(of report: Report, _ tables: ReportTables) -> [HTML] {
    let notes = report.variants.enumerated().flatMap { index, variant in
      variant.footprintNotes.map { HTML.element("li", ["data-of": "variants/\(index)"], $0).line }
    }
    return [tables.cost.html] + (notes.isEmpty ? [] : [HTML.element("ul", notes).line])
  }

  /// What searches over structures tried, drawn and in numbers.
  func search(in report: Report, _ tables: ReportTables) -> [HTML] {
    guard let table = tables.search else { return [] }
    return [HTMLPage.paragraph(ReportProse.search)] + figures(SearchPlot.all(in: report))
      + folding(table)
  }

  /// Robust accuracy against epsilon, drawn and in numbers.
  func security(in report: Report) -> [HTML] {
    let curves = report.curves ?? []
    guard !curves.isEmpty else { return [] }
    let rows = curves.enumerated().flatMap { place, curve in
      curve.points.enumerated().map { index, point in
        ReportTable.Row(
          [
            curve.variant, curve.norm.rawValue, curve.isolation, curve.suite,
            point.epsilon.fixed(4), point.accuracy.text(),
          ], of: ["curves/\(place)/points/\(index)", "curves/\(place)/norm"])
      }
    }
    let table = ReportTable(
      caption: "Robust accuracy against epsilon",
      columns: [
        .text("variant"), .text("norm"), .text("isolation"), .text("suite"), .number("epsilon"),
        .number("robust accuracy"),
      ], rows: rows)
    let summary = ReportTable(
      caption: "Areas under the curves",
      columns: [
        .text("variant"), .text("norm"), .text("suite"), .number("area under the curve"),
        .number("median distance"),
      ],
      rows: curves.enumerated().map { place, curve in
        ReportTable.Row(
          [
            curve.variant, curve.norm.rawValue, curve.suite, curve.area.fixed(4),
            curve.medianDistance?.fixed(4) ?? "beyond the last radius",
          ], of: ["curves/\(place)"])
      })
    return figures(CurvePlot.all(in: report)) + folding(summary)
      + [HTMLPage.folded("The curves in numbers", [table.html])]
  }

  /// The models that no other one beats in robustness and size, or robustness and latency.
  func tradeOff(in report: Report) -> [HTML] {
    let plots = TradeOffPlot.all(in: report)
    guard !plots.isEmpty else { return [] }
    let tables = ReportTables(report)
    let groups = EvaluationGroup.all(in: report).filter { $0.rows.count > 1 }
    return zip(plots, groups).flatMap { plot, group in
      figures([plot]) + [tables.front(of: group).html]
    }
  }

  /// One table for each attacker.
  func results(in report: Report, _ tables: ReportTables) -> [HTML] {
    EvaluationGroup.all(in: report).flatMap { group in
      [HTML.element("h3", "Attacker: \(group.caption)").line] + [tables.results(of: group).html]
    }
  }

  /// The paired tests.
  func comparisons(in report: Report, _ tables: ReportTables) -> [HTML] {
    guard !report.comparisons.isEmpty else { return [] }
    let sentence =
      "\(ReportProse.comparisons) Holm corrects the exact p-values for the number of tests in this "
      + "report, \(report.comparisons.count)."
    return [HTMLPage.paragraph(sentence)] + folding(tables.comparisons)
  }

  /// What each attack did.
  func attacks(in report: Report, _ tables: ReportTables) -> [HTML] {
    guard !report.evaluations.isEmpty else { return [] }
    let effort = ReportProse.effort(of: report).map {
      [HTML.element("p", ["data-of": "effort"], $0).line]
    }
    return [HTMLPage.paragraph(ReportProse.attacks)] + folding(tables.attacks) + (effort ?? [])
  }

  /// Flags, then every check.
  func soundness(in report: Report, _ tables: ReportTables) -> [HTML] {
    let flags = report.evaluations.enumerated().flatMap { place, evaluation in
      evaluation.flags.enumerated().map { index, flag in
        HTML.element(
          "li", ["data-of": "evaluations/\(place)/flags/\(index)"],
          [
            HTML.element("strong", "\(flag.severity.rawValue): \(flag.check)"),
            HTML.text(
              " (\(evaluation.id)), \(flag.value.fixed(4)) against a threshold of "
                + "\(flag.threshold.fixed(4)). \(flag.message)"),
          ]
        ).line
      }
    }
    let checks = tables.checks
    let list =
      flags.isEmpty
      ? HTMLPage.paragraph(ReportProse.noFlags(in: report))
      : HTML.element("ul", ["class": "findings"], flags).line
    guard !checks.rows.isEmpty else { return [list] }
    return [
      list, HTMLPage.folded("All checks, passed or not", [checks.html]),
    ]
  }

  /// Where the numbers were made, and how to make them again.
  func environment(of report: Report) -> [HTML] {
    var table = HTMLTable(
      "Environment",
      [HTMLTable.Column("what", isNumeric: false), HTMLTable.Column("value", isNumeric: false)])
    for row in ReportProse.environment(of: report) {
      table.append([row.what, row.value], records: ["environment", "tool", "created", "dataset"])
    }
    return [
      HTMLPage.paragraph("This report was made by"),
      HTML.element("code", ["class": "command", "data-of": "command"], report.command).line,
      HTMLPage.paragraph("With today's program it is made again, and compared, by"),
      HTML.element("code", ["class": "command"], "robust-eval run --from report.json").line,
      table.html,
    ]
  }
}
