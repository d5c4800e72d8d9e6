// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Records
import Statistics

/// Answers one case of a run that may have stopped early, with tests that hold at any time.
///
/// Passes and failures have the same confidences as those of ``CaseJudge``, for the same reasons.
struct SequentialJudge {
  /// What the evidence calls the tests.
  static let method = "anytime-valid betting test"

  /// The confidence of a pass.
  let level: Double
  /// The confidence of a failure.
  let failureLevel: Double
  /// How many examples the data set has.
  let available: Int

  /// A judge as sure as another one.
  init(_ judge: CaseJudge) {
    level = judge.level
    failureLevel = judge.failureLevel
    available = judge.available
  }

  func judge(_ planned: PlannedCase) -> GateResult.Case {
    switch planned.question {
    case .settled(let answer): answer
    case .floor(let floor, let samples):
      joined(planned, samples.map { answer($0, floor: floor, all: samples) })
    case .loss(let margin, let samples):
      joined(planned, samples.map { answer($0, margin: margin, all: samples) })
    case .methodLoss:
      GateResult.Case(
        subject: planned.subject, verdict: .inconclusive,
        evidence: "the run was stopped early, and no test of methods over seeds holds then")
    }
  }

  private func joined(_ planned: PlannedCase, _ parts: [CaseParts.Part]) -> GateResult.Case {
    CaseParts(parts: parts, available: available, baseline: planned.baselineExamples)
      .joined(planned.subject)
  }

  private func answer(
    _ sample: RateSample, floor: Double, all: [RateSample]
  ) -> CaseParts.Part {
    // Without verdicts example by example the last look is all there is.
    let last = RateCounts(successes: sample.successes, trials: sample.trials)
    let test = SequentialTest.floor(
      sample.looks.isEmpty ? [last] : sample.looks, floor: floor, level: level,
      failureLevel: failureLevel)
    let total = all.reduce(0) { $0 + $1.trials }
    return part(
      sample.name, test, scale: Double(total) / Double(sample.trials), isSigned: false,
      how: "n = \(sample.trials)", demand: "at least \(floor.shortText) is demanded")
  }

  private func answer(
    _ sample: LossSample, margin: Double, all: [LossSample]
  ) -> CaseParts.Part {
    let test: SequentialTest
    let how: String
    switch sample.sampling {
    case .paired(let counts):
      test = SequentialTest.loss(
        sample.looks.isEmpty ? [counts] : sample.looks, margin: margin, level: level,
        failureLevel: failureLevel)
      how = "n = \(counts.total), paired: \(counts.baseOnly) lost, \(counts.headOnly) won"
    case .unpaired(let counts, let reason):
      test = SequentialTest.loss(
        counts, margin: margin, level: level, failureLevel: failureLevel)
      how = "n = \(counts.baseTrials) and \(counts.headTrials), not paired: \(reason)"
    }
    let total = all.reduce(0) { $0 + $1.sampling.headTrials }
    return part(
      sample.name, test, scale: Double(total) / Double(sample.sampling.headTrials),
      isSigned: true, how: how, demand: "a loss of at most \(margin.shortText) is allowed")
  }

  /// The answer on a part of which there are `scale` times as many examples in all.
  private func part(
    _ name: String?, _ test: SequentialTest, scale: Double, isSigned: Bool, how: String,
    demand: String
  ) -> CaseParts.Part {
    let verdict: GateVerdict
    var needed: Int?
    switch test.verdict {
    case .pass: verdict = .pass
    case .fail: verdict = .fail
    case .inconclusive(let examples):
      verdict = .inconclusive
      needed = examples.map { Int((Double($0) * scale).rounded(.up)) }
    }
    let decided = test.decidedAfter.map { ", decided after \($0)" } ?? ""
    return CaseParts.Part(
      name: name, verdict: verdict, value: test.value, low: test.lowerBound,
      high: test.upperBound, needed: needed,
      text: "\(test.value.fixed(4, signed: isSigned)), "
        + "\(CaseParts.bounds(test.lowerBound, test.upperBound, signed: isSigned)) "
        + "(\(how); \(SequentialJudge.method)\(decided)), \(demand)")
  }
}
