// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension ReportTables {
  /// Cases of one rule that are shown before the rest is counted.
  private static let mostCases = 20

  /// The rules of a policy, and the cases of each that are worth reading.
  func gate(_ gate: GateResult) -> ReportTable {
    let rows = gate.rules.enumerated().flatMap { place, rule in
      let (cases, rest) = rule.casesToRead(most: Self.mostCases)
      func row(_ verdict: GateVerdict?, _ subject: String, _ evidence: String) -> ReportTable.Row {
        ReportTable.Row(
          [verdict?.rawValue ?? "", rule.id, rule.statement, subject, evidence],
          of: ["gate/rules/\(place)"], kind: verdict?.kind)
      }
      let shown = cases.map { row($0.verdict, $0.subject, $0.evidence) }
      guard rest > 0 else { return shown }
      // What did not pass comes first, so that a rest behind room to spare has passed.
      let hasPassed = cases.count < Self.mostCases
      return shown + [row(hasPassed ? .pass : nil, "all other cases", "in report.json")]
    }
    return ReportTable(
      caption: "The rules of the policy",
      columns: [
        .text("answer"), .text("rule"), .text("demand"), .text("case"), .text("evidence"),
      ], rows: rows)
  }
}

extension GateVerdict {
  /// How an answer is coloured, if it is.
  var kind: String? {
    switch self {
    case .pass: "better"
    case .fail, .refused: "worse"
    case .inconclusive: nil
    }
  }

  /// Whether what was judged may ship.
  var advice: String {
    switch self {
    case .pass: "Yes: every rule is shown to be met."
    case .fail: "No: a rule is shown not to be met."
    case .refused: "No: a soundness flag is up, so the numbers are not to be believed."
    case .inconclusive: "It cannot be told: the data settle some rule in neither direction."
    }
  }
}

extension GateResult {
  /// What a policy says of the report, and against what it was held.
  var statement: String {
    guard !rules.isEmpty else {
      return (["It was not asked: no rule was left."] + omissions).joined(separator: " ")
    }
    let source = policy.map { "the policy \($0)" } ?? "the largest loss that is allowed"
    let against = baseline.map { ", against \($0)" } ?? ""
    let sentences = [verdict.advice, "That is what \(source) says\(against)."] + omissions
    return sentences.joined(separator: " ")
  }
}
