// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Reporting

/// A comparison as a page of its own: no script, no outside reference, light and dark.
struct ComparisonPage {
  private let comparison: ReportComparison
  private let words: ComparisonText

  init(_ comparison: ReportComparison) {
    self.comparison = comparison
    words = ComparisonText(comparison: comparison)
  }

  var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Comparison on \(Self.escaped(comparison.dataset))</title>
    <style>
    \(Self.style)
    </style>
    </head>
    <body>
    <main>
    <h1>Comparison on \(Self.escaped(comparison.dataset))</h1>
    <dl>
    \(side("Base", comparison.base))
    \(side("Head", comparison.head))
    </dl>
    \(methods)\(models)\(environment)\(unmatched)</main>
    </body>
    </html>

    """
  }

  private func side(_ name: String, _ side: ReportComparison.Side) -> String {
    "<dt>\(name)</dt><dd><code>\(Self.escaped(side.file))</code>, "
      + "\(Self.escaped(side.created))<br><code>\(Self.escaped(side.command))</code></dd>"
  }

  private var models: String {
    guard !comparison.models.isEmpty else { return "" }
    return section("Models", words.summary(comparison.models) { $0.answer }, words.method)
      + table(
        ComparisonText.modelHeadings,
        comparison.models.map { ($0.answer.rawValue, words.cells($0)) })
  }

  private var methods: String {
    guard !comparison.methods.isEmpty else { return "" }
    return section("Methods", words.summary(comparison.methods) { $0.answer }, words.methodNote)
      + table(
        ComparisonText.methodHeadings,
        comparison.methods.map { ($0.answer.rawValue, words.cells($0)) })
  }

  private var environment: String {
    guard !comparison.environment.isEmpty else { return "" }
    return "<h2>What differs besides</h2>\n"
      + table(
        ["what", "in the base", "in the head"],
        comparison.environment.map { ("plain", [$0.what, $0.base, $0.head]) })
  }

  private var unmatched: String {
    let lines =
      comparison.onlyBase.map { "<li>base alone: \(Self.escaped($0))</li>\n" }
      + comparison.onlyHead.map { "<li>head alone: \(Self.escaped($0))</li>\n" }
    return lines.isEmpty
      ? "" : "<h2>Without a counterpart</h2>\n<ul>\n\(lines.joined())</ul>\n"
  }

  private func section(_ title: String, _ summary: String, _ note: String) -> String {
    "<h2>\(title)</h2>\n<p><strong>\(Self.escaped(summary)).</strong></p>\n"
      + "<p>\(Self.escaped(note))</p>\n"
  }

  /// A table whose first cell carries the answer, in words and in colour.
  private func table(_ headings: [String], _ rows: [(kind: String, cells: [String])]) -> String {
    func kind(_ heading: String) -> String {
      ComparisonText.numeric.contains(heading) ? " class=\"number\"" : ""
    }
    let head = headings.map { "<th scope=\"col\"\(kind($0))>\(Self.escaped($0))</th>" }.joined()
    let body = rows.map { row in
      let cells = zip(headings, row.cells).enumerated().map { index, cell in
        index == 0
          ? "<th scope=\"row\" class=\"\(row.kind)\">\(Self.escaped(cell.1))</th>"
          : "<td\(kind(cell.0))>\(Self.escaped(cell.1))</td>"
      }
      return "<tr>\(cells.joined())</tr>\n"
    }
    return "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"table\"><table>\n"
      + "<thead><tr>\(head)</tr></thead>\n<tbody>\n\(body.joined())</tbody>\n</table></div>\n"
  }

  /// Text that stands for itself in HTML; characters that HTML forbids become a replacement.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result += " "
      case _ where scalar.properties.generalCategory == .control: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static let style = """
    :root { color-scheme: light dark; }
    body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: #1a1a1a; background: #fff; }
    main { max-width: 90rem; margin: 0 auto; padding: 1rem; }
    code { overflow-wrap: anywhere; }
    dt { font-weight: bold; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; font-size: 0.875rem; }
    th, td { padding: 0.25rem 0.5rem; border-bottom: 1px solid #8884; text-align: left;
      vertical-align: top; font-weight: normal; }
    thead th { font-weight: bold; }
    .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    .better, .worse { font-weight: bold; }
    .better { color: #00589b; }
    .worse { color: #a33c00; }
    @media (prefers-color-scheme: dark) {
      body { color: #e6e6e6; background: #161616; }
      .better { color: #6db8f2; }
      .worse { color: #f39c5a; }
    }
    @media print { .wide { overflow: visible; } body { font-size: 10pt; } }
    """
}
