// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Writes `report.md`, the report for people.
public struct MarkdownWriter: ReportWriter {
  /// Creates a writer.
  public init() {}

  /// Renders `report.md`, with links to the plots of ``PlotWriter``.
  public func files(for report: Report) -> [RenderedFile] {
    let sections = [
      opening(of: report), gate(of: report), findings(in: report), results(in: report),
      plots(of: report),
      ladders(in: report), members(in: report), comparisons(in: report), cost(in: report),
      attacks(in: report), flags(in: report), embeddings(in: report), texts(of: report),
      environment(of: report),
    ]
    return [
      RenderedFile(
        path: "report.md", text: sections.filter { !$0.isEmpty }.joined(separator: "\n"))
    ]
  }

  private func opening(of report: Report) -> String {
    """
    # Robustness under compression: \(Markdown.escaped(report.dataset.name))

    \(ReportProse.opening(of: report))
    \(ReportProse.rates(in: report))
    \(report.stopping.map { "\n\($0.text)\n" } ?? "")
    """
  }

  private func gate(of report: Report) -> String {
    guard let gate = report.gate else { return "" }
    return "## May it ship?\n\n**\(Markdown.escaped(gate.statement))**\n\n"
      + (gate.rules.isEmpty ? "" : ReportTables(report).gate(gate).markdown)
  }

  private func findings(in report: Report) -> String {
    let lines = report.findings.map {
      "- **\(Markdown.escaped($0.statement))**\n  \(Markdown.escaped($0.evidence))\n"
    }
    return "## Findings\n\n"
      + (lines.isEmpty
        ? "Nothing was compared.\n" : "\(ReportProse.scope)\n\n" + lines.joined())
  }

  private func flags(in report: Report) -> String {
    let lines = report.evaluations.flatMap { evaluation in
      evaluation.flags.map { flag in
        "- \(Markdown.escaped(evaluation.id)): \(flag.severity.rawValue), "
          + "\(Markdown.escaped(flag.check)), \(flag.value.fixed(4)) against a threshold of "
          + "\(flag.threshold.fixed(4)). \(Markdown.escaped(flag.message))\n"
      }
    }
    return "## Soundness flags\n\n"
      + (lines.isEmpty ? "\(ReportProse.noFlags(in: report))\n" : lines.joined())
  }

  private func environment(of report: Report) -> String {
    var table = MarkdownTable([.text("what"), .text("value")])
    for row in ReportProse.environment(of: report) { table.append([row.what, row.value]) }
    return "## Environment\n\n" + Markdown.code(report.command) + "\n\n" + table.text
  }
}
