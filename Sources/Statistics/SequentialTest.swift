// SPDX-License-Identifier: GPL-3.0-or-later

/// How many trials succeeded.
public struct RateCounts: Sendable, Hashable {
  /// From none to ``trials``.
  public let successes: Int
  /// All trials.
  public let trials: Int

  /// Creates counts of at least one trial.
  public init(successes: Int, trials: Int) {
    precondition(trials >= 1, "a rate needs a trial")
    precondition((0...trials).contains(successes), "\(successes) successes in \(trials) trials")
    self.successes = successes
    self.trials = trials
  }
}

/// The answer of a test that was looked at again and again while examples came in.
///
/// A false pass has a chance of at most one minus the level, a false failure of one minus the failure
/// level, whenever and for whatever reason the examples end. The first look that shows either settles
/// the verdict.
///
/// > Source: Ville 1939 and Waudby-Smith and Ramdas 2024 as in `BettingCounts`; Ramdas, Grünwald, Vovk
/// > and Shafer. "Game-Theoretic Statistics and Safe Anytime-Valid Inference." Statistical Science 38
/// > (2023) 576-601, for stopping at any time.
public struct SequentialTest: Sendable, Hashable {
  /// The observed rate or difference at the last look.
  public let value: Double
  /// The one-sided lower bound, the largest of all looks until the verdict.
  public let lowerBound: Double
  /// The one-sided upper bound, the smallest of all looks until the verdict.
  public let upperBound: Double
  /// The examples after which the verdict fell; nil where it is inconclusive.
  public let decidedAfter: Int?
  /// The answer; the number of examples needed is that at which the rates seen now would tell.
  public let verdict: NonInferiority.Verdict

  /// Holds a rate against a floor.
  ///
  /// - Parameters:
  ///   - looks: The counts so far at each look, of which none falls; at least one.
  ///   - floor: The rate that is asked for, in 0...1.
  ///   - level: The confidence of a pass.
  ///   - failureLevel: The confidence of a failure, where it differs.
  /// - Returns: The verdict with the bounds that it rests on.
  public static func floor(
    _ looks: [RateCounts], floor: Double, level: Double = 0.95, failureLevel: Double? = nil
  ) -> SequentialTest {
    precondition((0...1).contains(floor), "a rate lies in 0...1")
    let course = Course(
      looks: looks.map { BettingCounts($0) }, mean: floor, level: level,
      failureLevel: failureLevel ?? level)
    // What is at least zero needs no evidence.
    return course.result(passesUnseen: floor == 0) { $0 }
  }

  /// Holds a paired difference, head minus base, against a margin.
  ///
  /// - Parameters:
  ///   - looks: The counts so far at each look, of which none falls; at least one.
  ///   - margin: The loss that is accepted, as a share in 0..<1.
  ///   - level: The confidence of a pass.
  ///   - failureLevel: The confidence of a failure, where it differs.
  /// - Returns: The verdict with the bounds that it rests on.
  public static func loss(
    _ looks: [PairedCounts], margin: Double, level: Double = 0.95, failureLevel: Double? = nil
  ) -> SequentialTest {
    precondition(margin >= 0 && margin < 1, "a margin lies in 0..<1")
    let course = Course(
      looks: looks.map { BettingCounts($0) }, mean: (1 - margin) / 2, level: level,
      failureLevel: failureLevel ?? level)
    return course.result(passesUnseen: false) { 2 * $0 - 1 }
  }

  /// Holds the difference of two separate samples, of which either may have been stopped at any time,
  /// against a margin.
  ///
  /// Each rate has a bound of its own with half of the error, so that the two may also depend on each
  /// other. How many examples would tell is not said.
  public static func loss(
    _ counts: IndependentCounts, margin: Double, level: Double = 0.95, failureLevel: Double? = nil
  ) -> SequentialTest {
    precondition(margin >= 0 && margin < 1, "a margin lies in 0..<1")
    let base = BettingCounts(
      RateCounts(successes: counts.baseSuccesses, trials: counts.baseTrials))
    let head = BettingCounts(
      RateCounts(successes: counts.headSuccesses, trials: counts.headTrials))
    let each = (1 + level) / 2
    let failsEach = (1 + (failureLevel ?? level)) / 2
    let low = head.lowerBound(level: each) - base.upperBound(level: each)
    let high = head.upperBound(level: failsEach) - base.lowerBound(level: failsEach)
    let verdict: NonInferiority.Verdict =
      low > -margin ? .pass : high < -margin ? .fail : .inconclusive(examplesNeeded: nil)
    let isOpen = verdict == .inconclusive(examplesNeeded: nil)
    return SequentialTest(
      value: counts.difference, lowerBound: low, upperBound: high,
      decidedAfter: isOpen ? nil : counts.headTrials, verdict: verdict)
  }
}

/// Looks at growing counts, held against one mean.
private struct Course {
  let looks: [BettingCounts]
  let level: Double
  let failureLevel: Double
  private let passing: BettingOdds
  private let failing: BettingOdds

  init(looks: [BettingCounts], mean: Double, level: Double, failureLevel: Double) {
    precondition(!looks.isEmpty, "a verdict needs a look")
    precondition(
      zip(looks, looks.dropFirst()).allSatisfy {
        $0.none <= $1.none && $0.half <= $1.half && $0.one <= $1.one
      }, "counts do not fall")
    checkLevel(level)
    checkLevel(failureLevel)
    self.looks = looks
    self.level = level
    self.failureLevel = failureLevel
    passing = BettingOdds(against: mean)
    failing = BettingOdds(against: 1 - mean)
  }

  private func passes(_ counts: BettingCounts) -> Bool { passing.reaches(level, counts) }

  private func fails(_ counts: BettingCounts) -> Bool {
    failing.reaches(failureLevel, counts.mirrored)
  }

  /// - Parameters:
  ///   - passesUnseen: Whether the demand holds whatever is seen.
  ///   - scale: From the mean of the values to what is reported.
  func result(passesUnseen: Bool, scale: (Double) -> Double) -> SequentialTest {
    var verdict: NonInferiority.Verdict?
    var (low, high) = (0.0, 1.0)
    var decided: Int?
    for counts in looks {
      // A bound takes a search; most looks do not move it.
      if BettingOdds(against: low).reaches(level, counts) {
        low = max(low, counts.lowerBound(level: level))
      }
      if BettingOdds(against: 1 - high).reaches(failureLevel, counts.mirrored) {
        high = min(high, counts.upperBound(level: failureLevel))
      }
      if passesUnseen || passes(counts) {
        verdict = .pass
      } else if fails(counts) {
        verdict = .fail
      }
      if verdict != nil {
        decided = Int(counts.total)
        break
      }
    }
    let last = looks[looks.count - 1]
    return SequentialTest(
      value: scale(last.mean), lowerBound: scale(low), upperBound: scale(high),
      decidedAfter: decided, verdict: verdict ?? .inconclusive(examplesNeeded: needed(last)))
  }

  /// The least number of examples at which counts in the same proportions would tell.
  private func needed(_ counts: BettingCounts) -> Int? {
    leastInteger(from: Int(counts.total) + 1, to: 1_000_000_000) { total in
      let grown = counts.scaled(by: Double(total) / counts.total)
      return passes(grown) || fails(grown)
    }
  }
}
