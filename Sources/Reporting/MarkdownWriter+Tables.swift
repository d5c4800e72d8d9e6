// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension MarkdownWriter {
  /// One table for each attacker.
  func results(in report: Report) -> String {
    let tables = ReportTables(report)
    let parts = EvaluationGroup.all(in: report).map { group in
      "Attacker: \(Markdown.escaped(group.caption)).\n\n" + tables.results(of: group).markdown
    }
    return "## Results\n\n" + parts.joined(separator: "\n")
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
    return """
      ## Comparisons

      \(ReportProse.comparisons) Holm corrects the exact p-values for the number of tests in this \
      table, \(report.comparisons.count).

      \(ReportTables(report).comparisons.markdown)
      """
  }

  /// What each variant takes to store, to run and to make.
  func cost(in report: Report) -> String {
    let notes = report.variants.flatMap(\.footprintNotes).map { "- \(Markdown.escaped($0))\n" }
      .joined()
    return "## What was compressed and what it cost\n\n" + ReportTables(report).cost.markdown
      + (notes.isEmpty ? "" : "\n\(notes)") + search(in: report)
  }

  /// What searches over structures tried; empty where none was made.
  private func search(in report: Report) -> String {
    guard let table = ReportTables(report).search else { return "" }
    let links = SearchPlot.all(in: report).map { plot in
      "![\(Markdown.escaped(plot.caption))](\(plot.pathWithoutExtension).svg)\n"
    }
    return "\n## Search over structures\n\n\(ReportProse.search)\n\n"
      + "\(links.joined(separator: "\n"))\n\(table.markdown)"
  }

  /// What each attack did, in the order in which they ran.
  func attacks(in report: Report) -> String {
    "## Attacks\n\n\(ReportProse.attacks)\n\n" + ReportTables(report).attacks.markdown
      + (ReportProse.effort(of: report).map { "\n\($0)\n" } ?? "")
  }
}
