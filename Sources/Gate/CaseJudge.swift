// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Records
import Statistics

/// Answers one case with a rule's confidence.
///
/// All cases and classes must pass for the gate to pass, so each is tested at the rule's own level: a
/// gate that should fail passes with at most that chance, however many tests there are. One failure
/// fails the gate, so the confidence of a failure is raised after Bonferroni for the number of tests.
///
/// > Source: Berger. "Multiparameter hypothesis testing and acceptance sampling." Technometrics 24
/// > (1982) 295-300, for the intersection-union test of the passes.
struct CaseJudge {
  /// The confidence of a pass.
  let level: Double
  /// The confidence of a failure.
  let failureLevel: Double
  /// How many examples the data set has.
  let available: Int

  init(confidence: Double, tests: Int, available: Int) {
    level = confidence
    failureLevel = 1 - (1 - confidence) / Double(max(1, tests))
    self.available = available
  }

  func judge(_ planned: PlannedCase) -> GateResult.Case {
    switch planned.question {
    case .settled(let answer): answer
    case .floor(let floor, let samples):
      joined(planned, samples.map { answer($0, floor: floor, all: samples) })
    case .loss(let margin, let samples):
      joined(planned, samples.map { answer($0, margin: margin, all: samples) })
    case .methodLoss(let margin, let difference, let note):
      joined(planned, [answer(difference, margin: margin, note: note)])
    }
  }

  private func answer(_ sample: RateSample, floor: Double, all: [RateSample]) -> CaseParts.Part {
    let test = RateFloor.test(
      successes: sample.successes, trials: sample.trials, floor: floor, level: level,
      failureLevel: failureLevel)
    let total = all.reduce(0) { $0 + $1.trials }
    let (verdict, needed) = verdict(test.verdict, scale: Double(total) / Double(sample.trials))
    return CaseParts.Part(
      name: sample.name, verdict: verdict, value: test.rate, low: test.lowerBound,
      high: test.upperBound, needed: needed,
      text: "\(test.rate.fixed(4)), \(CaseParts.bounds(test.lowerBound, test.upperBound)) "
        + "(n = \(sample.trials)), at least \(floor.shortText) is demanded")
  }

  private func answer(_ sample: LossSample, margin: Double, all: [LossSample]) -> CaseParts.Part {
    let test: NonInferiority
    let trials: Int
    let how: String
    switch sample.sampling {
    case .paired(let counts):
      test = NonInferiority.test(
        counts, margin: margin, level: level, failureLevel: failureLevel)
      trials = counts.total
      how = "n = \(trials), paired: \(counts.baseOnly) lost, \(counts.headOnly) won"
    case .unpaired(let counts, let reason):
      test = NonInferiority.test(
        counts, margin: margin, level: level, failureLevel: failureLevel)
      trials = counts.headTrials
      how = "n = \(counts.baseTrials) and \(trials), not paired: \(reason)"
    }
    let total = all.reduce(0) { $0 + $1.sampling.headTrials }
    let (verdict, needed) = verdict(test.verdict, scale: Double(total) / Double(trials))
    return CaseParts.Part(
      name: sample.name, verdict: verdict, value: test.difference, low: test.lowerBound,
      high: test.upperBound, needed: needed,
      text: lossText(test.difference, test.lowerBound, test.upperBound, margin, how))
  }

  private func answer(
    _ test: MethodDifference, margin: Double, note: String
  ) -> CaseParts.Part {
    let low = test.lowerBound(level: level)
    let high = test.upperBound(level: failureLevel)
    let verdict: GateVerdict = low > -margin ? .pass : high < -margin ? .fail : .inconclusive
    return CaseParts.Part(
      name: nil, verdict: verdict, value: test.difference, low: low, high: high, needed: nil,
      text: lossText(test.difference, low, high, margin, note))
  }

  private func lossText(
    _ difference: Double, _ low: Double, _ high: Double, _ margin: Double, _ how: String
  ) -> String {
    "\(difference.fixed(4, signed: true)), \(CaseParts.bounds(low, high, signed: true)) (\(how)), a loss of "
      + "at most \(margin.shortText) is allowed"
  }

  private func joined(_ planned: PlannedCase, _ parts: [CaseParts.Part]) -> GateResult.Case {
    CaseParts(parts: parts, available: available, baseline: planned.baselineExamples)
      .joined(planned.subject)
  }

  /// The verdict, with the number of examples in all that a sample of this share needs.
  private func verdict(
    _ verdict: NonInferiority.Verdict, scale: Double
  ) -> (GateVerdict, Int?) {
    switch verdict {
    case .pass: (.pass, nil)
    case .fail: (.fail, nil)
    case .inconclusive(let needed):
      (.inconclusive, needed.map { Int((Double($0) * scale).rounded(.up)) })
    }
  }
}

extension Sampling {
  /// Examples of the head.
  var headTrials: Int {
    switch self {
    case .paired(let counts): counts.total
    case .unpaired(let counts, _): counts.headTrials
    }
  }
}
