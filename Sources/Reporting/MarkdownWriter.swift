// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Writes `report.md`, the report for people.
public struct MarkdownWriter: ReportWriter {
  /// Creates a writer.
  public init() {}

  /// Renders `report.md`, with links to the plots of ``PlotWriter``.
  public func files(for report: Report) -> [RenderedFile] {
    let sections = [
      opening(of: report), findings(in: report), results(in: report), plots(of: report),
      comparisons(in: report), cost(in: report), attacks(in: report), flags(in: report),
      environment(of: report),
    ]
    return [RenderedFile(path: "report.md", text: sections.joined(separator: "\n"))]
  }

  private func opening(of report: Report) -> String {
    let data = report.dataset
    let counts = Set(report.evaluations.map(\.examples)).sorted().map(String.init)
    let compressed = report.variants.count { $0.parent != nil }
    let shape = data.inputShape.map(String.init).joined(separator: "×")
    let range = data.inputRange.map { $0.description }.joined(separator: ", ")
    return """
      # Robustness under compression: \(Markdown.escaped(data.name))

      \(report.variants.count) variants (\(compressed) compressed) were judged on \
      \(counts.joined(separator: " or ")) of \(data.examples) test examples: \(data.classes) classes, \
      inputs \(shape) in [\(range)], seed \(report.seed).
      Every rate is a share of all examples, with its exact 95 % interval. Robust accuracy counts \
      an example as right only if no attack broke it, so it is an upper bound: a stronger attack \
      can only lower it.
      \(report.stopping.map { "\n\($0.text)\n" } ?? "")
      """
  }

  private func findings(in report: Report) -> String {
    let lines = report.findings.map {
      "- **\(Markdown.escaped($0.statement))**\n  \(Markdown.escaped($0.evidence))\n"
    }
    let none = "Nothing was compared.\n"
    let scope =
      "A compressed model is fine-tuned unless its recipe says otherwise, its dense parent is not:"
      + " what is found here is found of both together.\n\n"
    return "## Findings\n\n" + (lines.isEmpty ? none : scope + lines.joined())
  }

  private func flags(in report: Report) -> String {
    let lines = report.evaluations.flatMap { evaluation in
      evaluation.flags.map { flag in
        "- \(Markdown.escaped(evaluation.id)): \(flag.severity.rawValue), "
          + "\(Markdown.escaped(flag.check)), \(flag.value.fixed(4)) against a threshold of "
          + "\(flag.threshold.fixed(4)). \(Markdown.escaped(flag.message))\n"
      }
    }
    let made = report.evaluations.flatMap { $0.checks ?? [] }.count { $0.sample > 0 }
    let none =
      made == 0
      ? "No soundness checks were run: the numbers stand on the attacks above alone.\n"
      : "All \(made) checks that could be made were passed.\n"
    return "## Soundness flags\n\n" + (lines.isEmpty ? none : lines.joined())
  }

  private func environment(of report: Report) -> String {
    let machine = report.environment
    var table = MarkdownTable([.text("what"), .text("value")])
    let tool = report.tool
    let commit = tool.commit.map { " (\($0))" } ?? ""
    table.append(["program", "\(tool.name) \(tool.version)\(commit)"])
    table.append(["created", report.created])
    table.append(["operating system", machine.os])
    table.append(["processor", "\(machine.cpu), \(machine.cores) cores"])
    table.append(["device", machine.device])
    for (name, version) in machine.libraries.sorted(by: { $0.key < $1.key }) {
      table.append([name, version])
    }
    if let hash = report.dataset.sha256 { table.append(["data, SHA-256", hash]) }
    return "## Environment\n\n" + Markdown.code(report.command) + "\n\n" + table.text
  }
}
