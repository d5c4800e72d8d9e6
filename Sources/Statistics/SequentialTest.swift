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
  /// The examples after which the verdict fell; nil where it is inconclusive.
  public let decidedAfter: Int?
  /// The answer; the number of examples needed is that at which the rates seen now would tell.
  public let verdict: NonInferiority.Verdict
  private let bounds: Bounds

  /// The one-sided lower bound, the largest of all looks until the verdict.
  ///
  /// - Complexity: A search over all looks.
  public var lowerBound: Double { bounds.low }

  /// The one-sided upper bound, the smallest of all looks until the verdict.
  ///
  /// - Complexity: A search over all looks.
  public var upperBound: Double { bounds.high }

  fileprivate init(
    value: Double, decidedAfter: Int?, verdict: NonInferiority.Verdict, bounds: Bounds
  ) {
    self.value = value
    self.decidedAfter = decidedAfter
    self.verdict = verdict
    self.bounds = bounds
  }

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
    return course.result(passesUnseen: floor == 0, isDifference: false)
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
    return course.result(passesUnseen: false, isDifference: true)
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
      value: counts.difference, decidedAfter: isOpen ? nil : counts.headTrials, verdict: verdict,
      bounds: .known(low, high))
  }
}

/// Bounds, or what they follow from: most users of a test want its verdict alone.
private enum Bounds: Hashable {
  case known(Double, Double)
  case of(looks: [BettingCounts], level: Double, failureLevel: Double, isDifference: Bool)

  var low: Double {
    switch self {
    case .known(let low, _): low
    case .of(let looks, let level, _, let isDifference):
      scaled(Bounds.lowest(looks, level), isDifference)
    }
  }

  var high: Double {
    switch self {
    case .known(_, let high): high
    case .of(let looks, _, let level, let isDifference):
      scaled(1 - Bounds.lowest(looks.map(\.mirrored), level), isDifference)
    }
  }

  private func scaled(_ mean: Double, _ isDifference: Bool) -> Double {
    isDifference ? 2 * mean - 1 : mean
  }

  /// The largest mean that is excluded at some look.
  private static func lowest(_ looks: [BettingCounts], _ level: Double) -> Double {
    looks.reduce(0.0) { low, counts in
      // A bound takes a search; many looks do not move it.
      BettingOdds(against: low).reaches(level, counts)
        ? max(low, counts.lowerBound(level: level)) : low
    }
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

  /// The answer, where `passesUnseen` says whether the demand holds whatever is seen, and `isDifference`
  /// whether the mean of the values stands for a difference.
  func result(passesUnseen: Bool, isDifference: Bool) -> SequentialTest {
    let decided = passesUnseen ? 0 : looks.firstIndex { passes($0) || fails($0) }
    let last = looks[looks.count - 1]
    let verdict: NonInferiority.Verdict =
      if let decided {
        passesUnseen || passes(looks[decided]) ? .pass : .fail
      } else {
        .inconclusive(examplesNeeded: needed(last))
      }
    return SequentialTest(
      value: isDifference ? 2 * last.mean - 1 : last.mean,
      decidedAfter: decided.map { Int(looks[$0].total) }, verdict: verdict,
      bounds: .of(
        looks: Array(looks[...(decided ?? looks.count - 1)]), level: level,
        failureLevel: failureLevel, isDifference: isDifference))
  }

  /// The least number of examples at which counts in the same proportions would tell.
  private func needed(_ counts: BettingCounts) -> Int? {
    leastInteger(from: Int(counts.total) + 1, to: 1_000_000_000) { total in
      let grown = counts.scaled(by: Double(total) / counts.total)
      return passes(grown) || fails(grown)
    }
  }
}
