// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Reporting

/// A comparison for a pull request: the answers first, tables folded away.
struct ComparisonMarkdown {
  /// Rows that are named in the summary before the rest is left to the table.
  private static let most = 10

  private let comparison: ReportComparison
  private let words: ComparisonText

  init(_ comparison: ReportComparison) {
    self.comparison = comparison
    words = ComparisonText(comparison: comparison)
  }

  var text: String {
    [
      "# Comparison on \(Markdown.escaped(comparison.dataset))\n\n" + sides + "\n",
      summary, folded("Every model", modelTable),
      folded("Every method over its seeds", methodTable),
      folded("What differs besides", environment), folded("Without a counterpart", unmatched),
    ].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var sides: String {
    func line(_ name: String, _ side: ReportComparison.Side) -> String {
      "- \(name): \(Markdown.code(side.file)), \(Markdown.escaped(side.created)), "
        + "\(Markdown.code(side.command))\n"
    }
    return line("base", comparison.base) + line("head", comparison.head)
  }

  private var summary: String {
    let models = comparison.models.filter { [.better, .worse].contains($0.answer) }
    let methods = comparison.methods.filter { [.better, .worse].contains($0.answer) }
    var text = ""
    if !comparison.methods.isEmpty {
      text += "**Methods: \(words.summary(comparison.methods) { $0.answer }).**\n\n"
      text += list(methods.map(words.sentence))
    }
    if !comparison.models.isEmpty {
      text += "**Models: \(words.summary(comparison.models) { $0.answer }).**\n\n"
      text += list(models.map(words.sentence))
    }
    return text
  }

  private func list(_ sentences: [String]) -> String {
    guard !sentences.isEmpty else { return "" }
    let shown = sentences.prefix(ComparisonMarkdown.most).map { "- \(Markdown.escaped($0))\n" }
    let rest = sentences.count - shown.count
    return shown.joined() + (rest > 0 ? "- and \(rest) more\n" : "") + "\n"
  }

  private var modelTable: String {
    guard !comparison.models.isEmpty else { return "" }
    return words.method + "\n\n"
      + table(ComparisonText.modelHeadings, comparison.models.map(words.cells))
  }

  private var methodTable: String {
    guard !comparison.methods.isEmpty else { return "" }
    return words.methodNote + "\n\n"
      + table(ComparisonText.methodHeadings, comparison.methods.map(words.cells))
  }

  private var environment: String {
    guard !comparison.environment.isEmpty else { return "" }
    return table(
      ["what", "base ", "head "], comparison.environment.map { [$0.what, $0.base, $0.head] })
  }

  private var unmatched: String {
    let lines =
      comparison.onlyBase.map { "- base alone: \(Markdown.escaped($0))\n" }
      + comparison.onlyHead.map { "- head alone: \(Markdown.escaped($0))\n" }
    return lines.joined()
  }

  private func table(_ headings: [String], _ rows: [[String]]) -> String {
    var table = MarkdownTable(
      headings.map { ComparisonText.numeric.contains($0) ? .number($0) : .text($0) })
    for row in rows { table.append(row) }
    return table.text
  }

  private func folded(_ title: String, _ text: String) -> String {
    text.isEmpty
      ? "" : "<details>\n<summary>\(title)</summary>\n\n\(text)\n</details>\n"
  }
}
