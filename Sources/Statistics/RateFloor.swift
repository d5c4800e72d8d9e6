// SPDX-License-Identifier: GPL-3.0-or-later

/// A test that a rate is at least as high as a stated one.
public struct RateFloor: Sendable, Hashable {
  /// The observed rate.
  public let rate: Double
  /// The one-sided exact lower bound of the rate.
  public let lowerBound: Double
  /// The one-sided exact upper bound of the rate.
  public let upperBound: Double
  /// The rate that is asked for.
  public let floor: Double
  /// The answer.
  public let verdict: NonInferiority.Verdict

  /// Holds the exact bounds of a rate against a floor.
  ///
  /// Passes if the lower bound is at least the floor and fails if the upper bound is below it. A
  /// false pass has a chance of at most one minus the level, a false failure of one minus the
  /// failure level.
  ///
  /// - Parameters:
  ///   - successes: From none to `trials`.
  ///   - trials: At least one.
  ///   - floor: The rate that is asked for, in 0...1.
  ///   - level: The confidence of the lower bound.
  ///   - failureLevel: The confidence of the upper bound, where it differs.
  ///   - power: The chance that the number of examples named by an inconclusive answer decides, if
  ///     the true rate is the observed one.
  /// - Returns: The verdict with the bounds that it rests on.
  ///
  /// > Source: bounds after Clopper and Pearson, Biometrika 26 (1934) 404-413.
  public static func test(
    successes: Int, trials: Int, floor: Double, level: Double = 0.95,
    failureLevel: Double? = nil, power: Double = 0.8
  ) -> RateFloor {
    precondition((0...1).contains(floor), "a rate lies in 0...1")
    precondition(power >= 0.5 && power < 1, "a power lies from one half to below 1")
    let failureLevel = failureLevel ?? level
    let low = ProportionInterval.lowerBound(successes: successes, trials: trials, level: level)
    let high = ProportionInterval.upperBound(
      successes: successes, trials: trials, level: failureLevel)
    let verdict: NonInferiority.Verdict
    if low >= floor {
      verdict = .pass
    } else if high < floor {
      verdict = .fail
    } else {
      let rate = Double(successes) / Double(trials)
      verdict = .inconclusive(
        examplesNeeded: needed(
          rate: rate, floor: floor, after: trials, tail: tail(1 - level, power),
          failureTail: tail(1 - failureLevel, power)))
    }
    return RateFloor(
      rate: Double(successes) / Double(trials), lowerBound: low, upperBound: high, floor: floor,
      verdict: verdict)
  }

  /// The tail behind as many more standard errors as the power asks for.
  private static func tail(_ tail: Double, _ power: Double) -> Double {
    GSL.normalUpper(GSL.normalUpperQuantile(tail) + GSL.normalUpperQuantile(1 - power))
  }

  private static func needed(
    rate: Double, floor: Double, after trials: Int, tail: Double, failureTail: Double
  ) -> Int? {
    leastInteger(from: trials + 1, to: 1_000_000_000) { total in
      let count = Double(total)
      let (right, wrong) = (rate * count, (1 - rate) * count)
      // The bounds themselves take a search each; on which side of the floor they lie does not.
      let passes = floor == 0 || (right > 0 && GSL.betaLower(floor, right, wrong + 1) <= tail)
      return passes || (wrong > 0 && GSL.betaUpper(floor, right + 1, wrong) < failureTail)
    }
  }
}
