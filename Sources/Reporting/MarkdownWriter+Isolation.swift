// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension MarkdownWriter {
  /// Each model under those who see ever less of it.
  func ladders(in report: Report) -> String {
    guard let ladders = report.ladders else { return "" }
    let tables = ReportTables(report)
    let parts = ladders.enumerated().map { place, ladder in
      "### \(Markdown.escaped(ladder.caption))\n\n" + tables.ladder(place, ladder).markdown
        + "\n\(Markdown.escaped(ladder.statement))\n"
        + (ladder.warning.map { "\n**\(Markdown.escaped($0))**\n" } ?? "")
    }
    let plots = QueryPlot.all(in: report).map(\.link).joined()
    return "## What isolation buys\n\n\(ReportProse.ladders)\n\n" + parts.joined(separator: "\n")
      + (plots.isEmpty ? "" : "\n" + plots)
  }

  /// The members of sharded models, attacked one by one.
  func members(in report: Report) -> String {
    guard let members = report.members else { return "" }
    let tables = ReportTables(report)
    let parts = members.enumerated().map { place, one in
      let poisoning = tables.poisoning(place, one).map {
        "\n\(ReportProse.poisoning)\n\n\($0.markdown)"
      }
      return "### \(Markdown.escaped(one.caption))\n\n" + tables.transfer(place, one).markdown
        + (poisoning ?? "")
    }
    let plots = (TransferPlot.all(in: report) as [any Plot] + PoisoningPlot.all(in: report))
      .map(\.link).joined()
    return "## Members apart\n\n\(ReportProse.members)\n\n" + parts.joined(separator: "\n")
      + (plots.isEmpty ? "" : "\n" + plots)
  }
}

extension Plot {
  /// A link to the picture beside the report.
  var link: String { "![\(Markdown.escaped(caption))](\(pathWithoutExtension).svg)\n" }
}
