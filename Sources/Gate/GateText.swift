// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// A gate's result as lines for a terminal.
struct GateText {
  /// Cases of one rule that are printed before the rest is counted.
  private static let most = 20

  private let result: GateResult

  init(_ result: GateResult) { self.result = result }

  var text: String {
    result.rules.map(lines).joined() + "\n"
      + result.omissions.map { "\(clean($0))\n" }.joined() + "\(summary)\n"
  }

  /// The answer with the counts of rules, such as `gate: fail (1 fail, 2 pass)`.
  var summary: String {
    let counts = [GateVerdict.fail, .refused, .inconclusive, .pass].compactMap { verdict in
      result.count(verdict) > 0 ? "\(result.count(verdict)) \(verdict.rawValue)" : nil
    }
    let answers = counts.isEmpty ? "no rule was left" : counts.joined(separator: ", ")
    return "gate: \(result.verdict.rawValue) (\(answers))"
  }

  private func lines(_ rule: GateResult.RuleResult) -> String {
    let head = "\(padded(rule.verdict)) \(clean(rule.id)): \(clean(rule.statement))\n"
    let (shown, rest) = rule.casesToRead(most: GateText.most)
    let cases = shown.map {
      "             \($0.verdict.rawValue): \(clean($0.subject)): \(clean($0.evidence))\n"
    }
    return head + cases.joined()
      + (rest > 0 ? "             and \(rest) more cases\n" : "")
  }

  private func padded(_ verdict: GateVerdict) -> String {
    let text = verdict.rawValue.uppercased()
    return text + String(repeating: " ", count: max(0, 12 - text.count))
  }

  /// A dot for each character that a terminal would obey.
  private func clean(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: result += "·"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
