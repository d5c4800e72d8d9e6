// SPDX-License-Identifier: GPL-3.0-or-later

public import Comparing
public import Records
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
  /// Where a run may have stopped early, what it says is judged by tests that hold at any time.
  ///
  /// - Throws: ``GateError`` with code `needsBaseline`, `otherOrder`, `selectsNothing`, `noClasses`
  ///   or `unknownClass`.
  public func result() throws(GateError) -> GateResult {
    let judged = try judged()
    var result = GateResult(
      report: planner.report.name, created: planner.report.report.created,
      baseline: planner.baseline?.name, policy: name,
      tests: judged.reduce(0) { $0 + $1.cases.reduce(0) { $0 + $1.planned.tests } },
      rules: judged.map { rule, cases in
        GateResult.RuleResult(
          id: rule.id, statement: rule.statement, cases: cases.map(\.answer))
      })
    if let baseline = planner.baseline {
      let missing = baseline.entries.filter { planner.report[$0.key] == nil }.map(\.evaluation.id)
      result.onlyInBaseline = missing.isEmpty ? nil : missing
    }
    return result
  }

  /// Whether more examples can change no rule's verdict: one case of it failed, or none is open.
  ///
  /// - Throws: As ``result()``.
  public func isDecided() throws(GateError) -> Bool {
    try judged().allSatisfy { _, cases in
      cases.contains { $0.answer.verdict == .fail }
        || !cases.contains { $0.planned.isOpen($0.answer) }
    }
  }

  /// Refuses rules that would fit nothing in a report of which only the names are known yet.
  ///
  /// - Throws: ``GateError`` with code `selectsNothing` or `unknownClass`.
  public func checkRulesFit() throws(GateError) {
    for rule in policy.rules {
      guard planner.fitsAnything(rule) else {
        throw .selectsNothing(rule, in: planner.report.name)
      }
      try planner.checkClasses(of: rule)
    }
  }

  private typealias Judged = (
    rule: Rule, cases: [(planned: PlannedCase, answer: GateResult.Case)]
  )

  private func judged() throws(GateError) -> [Judged] {
    try checkOrder()
    var planned: [(rule: Rule, cases: [PlannedCase])] = []
    for rule in policy.rules {
      let cases = try planner.cases(of: rule)
      guard !cases.isEmpty else {
        throw .selectsNothing(rule, in: planner.report.name)
      }
      planned.append((rule, cases))
    }
    let tests = planned.reduce(0) { $0 + $1.cases.reduce(0) { $0 + $1.tests } }
    return planned.map { rule, cases in
      let judge = CaseJudge(
        confidence: rule.confidence, tests: tests,
        available: planner.report.report.dataset.examples)
      let sequential = SequentialJudge(judge)
      return (
        rule, cases.map { ($0, $0.isSequential ? sequential.judge($0) : judge.judge($0)) }
      )
    }
  }

  /// Of two runs that stopped early each may know which examples suit it; only in one order are they
  /// the first ones of both.
  private func checkOrder() throws(GateError) {
    guard let baseline = planner.baseline, let base = baseline.report.stopping,
      let head = planner.report.report.stopping, !head.sharesOrder(with: base)
    else { return }
    throw GateError(
      .otherOrder, subject: baseline.name,
      detail: "its run stopped early too, in another order of the examples",
      remedy: "take a baseline that was run to its end, or one of the same seed and --examples")
  }
}
