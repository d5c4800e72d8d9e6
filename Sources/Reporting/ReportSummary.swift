// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Statistics

/// What a reader wants to know first: what compression cost in robustness, and what forbids shipping.
struct ReportSummary {
  /// What the paired tests say of one compressed model under one attacker.
  enum Answer: String, CaseIterable {
    case easier = "easier to attack"
    case lessAccurate = "less robust, and less accurate without attack"
    case onlyLessAccurate = "less accurate without attack"
    case harder = "more robust"
    case notShown = "no difference shown"
    case blocked = "cannot be judged: a blocking flag is up"
    case withoutTest = "not compared"

    /// How it is coloured, if it is.
    var kind: String? {
      switch self {
      case .easier, .lessAccurate, .onlyLessAccurate, .blocked: "worse"
      case .harder: "better"
      case .notShown, .withoutTest: nil
      }
    }
  }

  /// One compressed model under one attacker, against its dense parent.
  struct Row {
    let evaluation: EvaluationRecord
    let variant: VariantRecord
    let answer: Answer
    /// Places of the paired tests in the report; nil where there was none.
    let clean: Int?
    /// Whether it is shown to be right less often without attack.
    let losesAccuracy: Bool
    let robust: Int?

    /// Whether anything is shown to have been lost.
    var isWorse: Bool {
      losesAccuracy || [.easier, .lessAccurate, .onlyLessAccurate].contains(answer)
    }
  }

  let report: Report
  /// Every compressed model under every attacker, in the order of the report.
  let rows: [Row]

  init(_ report: Report) {
    self.report = report
    let variants = Dictionary(report.variants.map { ($0.id, $0) }) { first, _ in first }
    let evaluations = Dictionary(report.evaluations.map { ($0.id, $0) }) { first, _ in first }
    var robust: [String: Int] = [:]
    // No attacker changes it; older reports have one for each isolation.
    var clean: [String: Int] = [:]
    for (index, comparison) in report.comparisons.enumerated() {
      switch comparison.kind {
      case .robust: robust[comparison.head] = index
      case .clean:
        guard let head = evaluations[comparison.head], clean[head.variant] == nil else { continue }
        clean[head.variant] = index
      }
    }
    rows = report.evaluations.compactMap { evaluation in
      guard let variant = variants[evaluation.variant], variant.parent != nil else { return nil }
      let test = robust[evaluation.id]
      let loss = clean[variant.id].map { report.comparisons[$0].isShownLoss } ?? false
      var answer = Self.answer(evaluation, variant, test, evaluations, in: report)
      if loss, answer == .notShown { answer = .onlyLessAccurate }
      return Row(
        evaluation: evaluation, variant: variant, answer: answer, clean: clean[variant.id],
        losesAccuracy: loss, robust: test)
    }
  }

  private static func answer(
    _ head: EvaluationRecord, _ variant: VariantRecord, _ test: Int?,
    _ evaluations: [String: EvaluationRecord], in report: Report
  ) -> Answer {
    guard let test, let base = evaluations[report.comparisons[test].base] else {
      return head.isBlocked ? .blocked : .withoutTest
    }
    let one = Claim.Case(comparison: report.comparisons[test], base: base, head: head)
    let key = Claim.Key(kind: .robust, variant: variant, evaluation: head)
    guard !one.isBlocked else { return .blocked }
    let claim = Claim(
      key: key, cases: [one], tests: report.comparisons.count, isStopped: report.stopping != nil)
    return switch claim.verdict(on: one) {
    case .worse: .easier
    case .better: .harder
    case .undecided: one.isShown ? .lessAccurate : .notShown
    }
  }

  func count(_ answer: Answer) -> Int { rows.count { $0.answer == answer } }

  /// How many evaluations have a flag of a severity.
  func flagged(_ severity: SoundnessFlag.Severity) -> Int {
    report.evaluations.count { $0.flags.contains { $0.severity == severity } }
  }

  /// The rows by rising difference of robust accuracy; those without one last.
  var worstFirst: [Row] {
    func difference(_ row: Row) -> Double {
      row.robust.map { report.comparisons[$0].difference } ?? .infinity
    }
    return rows.enumerated().sorted {
      (difference($0.element), $0.offset) < (difference($1.element), $1.offset)
    }.map(\.element)
  }

  /// The places of the robust comparisons with the largest loss, that which may be larger first.
  var worst: [Int] {
    rows.filter { $0.answer != .blocked }.compactMap(\.robust).sorted {
      let (left, right) = (report.comparisons[$0], report.comparisons[$1])
      return (left.difference, left.low, $0) < (right.difference, right.low, $1)
    }
  }
}

extension ComparisonRecord {
  /// Whether the head is shown to be right less often, after correction.
  fileprivate var isShownLoss: Bool { difference < 0 && pHolm <= 1 - Analysis.level }
}

extension EvaluationRecord {
  /// Whether a gate would refuse it.
  var isBlocked: Bool { flags.contains { $0.severity == .blocking } }
}
