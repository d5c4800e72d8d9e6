// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Lines that GitHub's runner shows beside a change: errors for what failed or was refused, warnings
/// for what is inconclusive.
///
/// > Source: GitHub, "Workflow commands for GitHub Actions".
struct GateAnnotations {
  /// GitHub shows ten of each kind in a step.
  private static let most = 10

  private let result: GateResult

  init(_ result: GateResult) { self.result = result }

  var text: String {
    let lines = result.rules.compactMap { rule -> (isError: Bool, line: String)? in
      guard rule.verdict != .pass else { return nil }
      let isError = rule.verdict != .inconclusive
      let evidence = rule.casesToRead(most: 1).cases.first.map {
        ": \($0.subject): \($0.evidence)"
      }
      let title = GateAnnotations.property("robust-eval gate: \(rule.id)")
      let message = GateAnnotations.message(
        "\(rule.verdict.rawValue): \(rule.statement)\(evidence ?? "")")
      return (isError, "::\(isError ? "error" : "warning") title=\(title)::\(message)\n")
    }
    return [true, false].map { kind in
      lines.filter { $0.isError == kind }.prefix(GateAnnotations.most).map(\.line).joined()
    }.joined()
  }

  /// Text behind the second pair of colons.
  private static func message(_ text: String) -> String {
    replaced(text, ["%": "%25", "\r": "%0D", "\n": "%0A"])
  }

  /// Text of a property, where commas and colons have a meaning too.
  private static func property(_ text: String) -> String {
    replaced(text, ["%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"])
  }

  private static func replaced(_ text: String, _ table: [Unicode.Scalar: String]) -> String {
    text.unicodeScalars.map { table[$0] ?? String($0) }.joined()
  }
}
