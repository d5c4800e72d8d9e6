// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Reporting

/// A gate's result for a pull request: rules first, evidence folded away.
struct GateMarkdown {
  /// Cases of one rule before the rest is counted.
  private static let most = 50

  private let result: GateResult

  init(_ result: GateResult) { self.result = result }

  var text: String {
    var table = MarkdownTable([
      .text("answer"), .text("rule"), .text("demand"), .number("cases"), .text("evidence"),
    ])
    for rule in result.rules {
      table.append([
        rule.verdict.rawValue, rule.id, rule.statement, String(rule.cases.count),
        rule.casesToRead(most: 1).cases.first.map { "\($0.subject): \($0.evidence)" } ?? "",
      ])
    }
    let against = result.baseline.map { " against \(Markdown.code($0))" } ?? ""
    let policy = result.policy.map { ", policy \(Markdown.code($0))" } ?? ""
    let omissions = result.omissions.map { "\n\(Markdown.escaped($0))\n" }.joined()
    return """
      # Robustness gate: \(result.verdict.rawValue)

      \(Markdown.code(result.report)) (\(Markdown.escaped(result.created)))\(against)\(policy).
      \(omissions)
      \(table.text)
      \(result.rules.map(details).joined(separator: "\n"))
      """
  }

  private func details(_ rule: GateResult.RuleResult) -> String {
    var table = MarkdownTable([.text("answer"), .text("case"), .text("evidence")])
    for item in rule.cases.prefix(GateMarkdown.most) {
      table.append([item.verdict.rawValue, item.subject, item.evidence])
    }
    let rest = rule.cases.count - GateMarkdown.most
    return "<details>\n<summary>\(Markdown.escaped(rule.id))</summary>\n\n\(table.text)"
      + (rest > 0 ? "\nand \(rest) more\n" : "") + "\n</details>\n"
  }
}
