// SPDX-License-Identifier: GPL-3.0-or-later

/// A share of successes with its exact interval after Clopper and Pearson.
///
/// The interval covers the true rate with at least its level for every rate and number of trials; it
/// is wider than need be in between. At 50 % and level 0.95 it is ±4.5 points for 500 trials, ±3.1
/// for 1,000 and ±1.0 for 10,000.
///
/// > Source: Clopper and Pearson. "The Use of Confidence or Fiducial Limits Illustrated in the Case of
/// > the Binomial." Biometrika 26 (1934) 404-413.
public struct ProportionInterval: Sendable, Hashable {
  /// The number of successes.
  public let successes: Int
  /// The number of trials, at least one.
  public let trials: Int
  /// The two-sided interval.
  public let interval: ConfidenceInterval

  /// Computes the two-sided interval: half of what the level leaves over lies beyond each end.
  ///
  /// - Parameters:
  ///   - successes: From none to `trials`; with none `low` is 0, with all `high` is 1.
  ///   - trials: At least one.
  ///   - level: The least probability of covering the true rate.
  public init(successes: Int, trials: Int, level: Double = 0.95) {
    checkLevel(level)
    let tail = (1 - level) / 2
    self.successes = successes
    self.trials = trials
    interval = ConfidenceInterval(
      low: ProportionInterval.low(successes, trials, tail: tail),
      high: ProportionInterval.high(successes, trials, tail: tail), level: level)
  }

  /// The observed share, in 0...1.
  public var value: Double { Double(successes) / Double(trials) }
  /// The lower end, in 0...1.
  public var low: Double { interval.low }
  /// The upper end, in 0...1.
  public var high: Double { interval.high }
  /// The least probability of covering the true rate.
  public var level: Double { interval.level }

  /// Returns the rate that the true one exceeds with at least the given confidence.
  public static func lowerBound(successes: Int, trials: Int, level: Double = 0.95) -> Double {
    checkLevel(level)
    return low(successes, trials, tail: 1 - level)
  }

  /// Returns the rate that the true one stays below with at least the given confidence.
  public static func upperBound(successes: Int, trials: Int, level: Double = 0.95) -> Double {
    checkLevel(level)
    return high(successes, trials, tail: 1 - level)
  }

  private static func low(_ successes: Int, _ trials: Int, tail: Double) -> Double {
    checkCounts(successes, trials)
    return ClopperPearson.low(Double(successes), Double(trials), tail: tail)
  }

  private static func high(_ successes: Int, _ trials: Int, tail: Double) -> Double {
    checkCounts(successes, trials)
    return ClopperPearson.high(Double(successes), Double(trials), tail: tail)
  }

  private static func checkCounts(_ successes: Int, _ trials: Int) {
    precondition(trials >= 1, "an interval of a rate needs a trial")
    precondition(
      successes >= 0 && successes <= trials, "\(successes) successes in \(trials) trials")
  }
}

/// The bounds of Clopper and Pearson for counts that need not be whole, as planning asks for.
enum ClopperPearson {
  /// The largest rate at which at least the observed successes have no more probability than `tail`.
  static func low(_ successes: Double, _ trials: Double, tail: Double) -> Double {
    guard successes > 0 else { return 0 }
    let failures = trials - successes
    return boundary(from: 0, to: 1) { GSL.betaLower($0, successes, failures + 1) <= tail }
  }

  /// The least rate at which at most the observed successes have no more probability than `tail`.
  static func high(_ successes: Double, _ trials: Double, tail: Double) -> Double {
    let failures = trials - successes
    guard failures > 0 else { return 1 }
    // In terms of failures, so that a bound near one keeps its digits.
    return 1 - low(failures, trials, tail: tail)
  }
}
