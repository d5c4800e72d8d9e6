// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension HTMLWriter {
  /// Each model under those who see ever less of it.
  func ladders(in report: Report, _ tables: ReportTables) -> [HTML] {
    guard let ladders = report.ladders else { return [] }
    let parts = ladders.enumerated().flatMap { place, ladder in
      [
        HTML.element("h3", ladder.caption).line, tables.ladder(place, ladder).html,
        HTML.element("p", ["data-of": "ladders/\(place)"], ladder.statement).line,
      ]
        + (ladder.warning.map {
          [
            HTML.element(
              "p", ["data-of": "ladders/\(place)"], [HTML.element("strong", $0)]
            ).line
          ]
        } ?? [])
    }
    return [HTMLPage.paragraph(ReportProse.ladders)] + parts + figures(QueryPlot.all(in: report))
      + queryCurves(in: report)
  }

  /// The curves against queries in numbers.
  private func queryCurves(in report: Report) -> [HTML] {
    let rows = report.evaluations.enumerated().flatMap { place, evaluation in
      (evaluation.queryCurve ?? []).enumerated().map { index, point in
        ReportTable.Row(
          [evaluation.id, String(point.queries), point.robustAccuracy.fixed(3)],
          of: ["evaluations/\(place)/query_curve/\(index)"])
      }
    }
    guard !rows.isEmpty else { return [] }
    let table = ReportTable(
      caption: "Robust accuracy against queries",
      columns: [.text("evaluation"), .number("queries"), .number("robust accuracy")], rows: rows)
    return [HTMLPage.folded("The curves against queries in numbers", [table.html])]
  }

  /// The members of sharded models, attacked one by one.
  func members(in report: Report, _ tables: ReportTables) -> [HTML] {
    guard let members = report.members else { return [] }
    let parts = members.enumerated().flatMap { place, one in
      [HTML.element("h3", one.caption).line, tables.transfer(place, one).html]
        + (tables.poisoning(place, one).map {
          [HTMLPage.paragraph(ReportProse.poisoning), $0.html]
        } ?? [])
    }
    return [HTMLPage.paragraph(ReportProse.members)] + parts
      + figures(TransferPlot.all(in: report) as [any Plot] + PoisoningPlot.all(in: report))
  }
}
