// SPDX-License-Identifier: GPL-3.0-or-later

public import Comparing
import Records
public import Reporting

/// Holds a report against a policy; a pure function of both.
public struct Gate: Sendable {
  private let policy: Policy
  private let name: String?
  private let planner: CasePlanner

  /// Creates a gate.
  ///
  /// - Parameters:
  ///   - policy: The rules.
  ///   - name: The policy file, as it was named; nil where there is none.
  ///   - report: The report that is judged.
  ///   - baseline: The report compared with, where rules need one.
  /// - Throws: `ReportError` where the two reports cannot be compared.
  public init(
    policy: Policy, name: String? = nil, report: ReportIndex, baseline: ReportIndex? = nil
  ) throws(ReportError) {
    if let baseline { try baseline.checkComparable(with: report) }
    self.policy = policy
    self.name = name
    planner = CasePlanner(report: report, baseline: baseline)
  }

  /// Judges every rule.
  ///
  /// - Throws: ``GateError`` with code `needsBaseline`, `selectsNothing`, `noClasses` or
  ///   `unknownClass`.
  public func result() throws(GateError) -> GateResult {
    var planned: [(rule: Rule, cases: [PlannedCase])] = []
    for rule in policy.rules {
      let cases = try planner.cases(of: rule)
      guard !cases.isEmpty else {
        throw GateError(
          .selectsNothing, subject: "rule '\(rule.id)'",
          detail: "fits nothing in \(planner.report.name)",
          remedy: "compare its 'where' with what the report holds")
      }
      planned.append((rule, cases))
    }
    let tests = planned.reduce(0) { $0 + $1.cases.reduce(0) { $0 + $1.tests } }
    let rules = planned.map { rule, cases in
      let judge = CaseJudge(
        confidence: rule.confidence, tests: tests,
        available: planner.report.report.dataset.examples)
      let answers = cases.map { judge.judge($0) }
      return GateResult.RuleResult(
        id: rule.id, statement: rule.statement,
        verdict: GateVerdict.joint(answers.map(\.verdict)), cases: answers)
    }
    return GateResult(
      schema: GateResult.currentSchema, verdict: GateVerdict.joint(rules.map(\.verdict)),
      report: planner.report.name, created: planner.report.report.created,
      baseline: planner.baseline?.name, policy: name, tests: tests, rules: rules)
  }
}
