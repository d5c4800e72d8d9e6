// SPDX-License-Identifier: GPL-3.0-or-later

/// A test that a new version is not worse than its base by more than a margin.
///
/// It has three answers, so that too few examples are not mistaken for a proof either way.
public struct NonInferiority: Sendable, Hashable {
  /// What the test says.
  public enum Verdict: Sendable, Hashable {
    /// The true loss is smaller than the margin.
    case pass
    /// The true loss is larger than the margin.
    case fail
    /// The data show neither; so many examples in all would, or no number where the value is nil.
    case inconclusive(examplesNeeded: Int?)
  }

  /// The observed difference, head minus base.
  public let difference: Double
  /// The one-sided lower score bound of the difference.
  public let lowerBound: Double
  /// The one-sided upper score bound of the difference.
  public let upperBound: Double
  /// The loss that is accepted, as a share in 0..<1.
  public let margin: Double
  /// The confidence of each bound.
  public let level: Double
  /// The answer.
  public let verdict: Verdict

  /// Holds the one-sided score bounds of the difference, head minus base, against the margin.
  ///
  /// Passes if the lower bound exceeds −margin and fails if the upper bound is below −margin. A false
  /// pass has a chance of at most about one minus the level, a false failure of one minus the
  /// failure level.
  ///
  /// - Parameters:
  ///   - counts: Verdicts on the same examples.
  ///   - margin: The loss that is accepted, as a share in 0..<1; 0.01 is one point.
  ///   - level: The confidence of each bound.
  ///   - failureLevel: The confidence of the upper bound, where it differs; a gate of many tests
  ///     raises it, since any one of them fails the gate.
  ///   - power: The chance that the number of examples named by an inconclusive answer decides, if
  ///     the true rates are the observed ones.
  /// - Returns: The verdict with the bounds that it rests on.
  ///
  /// > Source: bounds after Tango, Statistics in Medicine 17 (1998) 891-908.
  public static func test(
    _ counts: PairedCounts, margin: Double, level: Double = 0.95, failureLevel: Double? = nil,
    power: Double = 0.8
  ) -> NonInferiority {
    let size = Double(counts.total)
    let test = Test(margin: margin, level: level, failureLevel: failureLevel, power: power) {
      counts.score.scaled(by: $0 / size).lowerBound(z: $1)
    } upper: {
      counts.score.scaled(by: $0 / size).upperBound(z: $1)
    }
    return test.result(difference: counts.difference, examples: counts.total)
  }

  /// Holds the one-sided bounds of the difference of two separate samples against the margin.
  ///
  /// As for paired counts; the number of examples needed is the head's, with the base's growing in
  /// proportion.
  ///
  /// > Source: bounds after Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10.
  public static func test(
    _ counts: IndependentCounts, margin: Double, level: Double = 0.95,
    failureLevel: Double? = nil, power: Double = 0.8
  ) -> NonInferiority {
    let size = Double(counts.headTrials)
    let test = Test(margin: margin, level: level, failureLevel: failureLevel, power: power) {
      counts.score.scaled(by: $0 / size).lowerBound(z: $1)
    } upper: {
      counts.score.scaled(by: $0 / size).upperBound(z: $1)
    }
    return test.result(difference: counts.difference, examples: counts.headTrials)
  }
}

/// Bounds as functions of a number of examples and of standard errors, with what they are held
/// against.
private struct Test {
  let margin: Double
  let level: Double
  let failureLevel: Double
  let power: Double
  let lower: (Double, Double) -> Double
  let upper: (Double, Double) -> Double

  init(
    margin: Double, level: Double, failureLevel: Double?, power: Double,
    lower: @escaping (Double, Double) -> Double, upper: @escaping (Double, Double) -> Double
  ) {
    precondition(margin >= 0 && margin < 1, "a margin lies in 0..<1")
    checkLevel(level)
    checkLevel(failureLevel ?? level)
    precondition(power >= 0.5 && power < 1, "a power lies from one half to below 1")
    self.margin = margin
    self.level = level
    self.failureLevel = failureLevel ?? level
    self.power = power
    self.lower = lower
    self.upper = upper
  }

  func result(difference: Double, examples: Int) -> NonInferiority {
    let passes = GSL.normalUpperQuantile(1 - level)
    let fails = GSL.normalUpperQuantile(1 - failureLevel)
    let low = lower(Double(examples), passes)
    let high = upper(Double(examples), fails)
    let verdict: NonInferiority.Verdict
    if low > -margin {
      verdict = .pass
    } else if high < -margin {
      verdict = .fail
    } else {
      let reach = GSL.normalUpperQuantile(1 - power)
      // The least number whose bounds, with the observed rates and so many standard errors, leave
      // the margin outside.
      let needed = leastInteger(from: examples + 1, to: 1_000_000_000) {
        lower(Double($0), passes + reach) > -margin || upper(Double($0), fails + reach) < -margin
      }
      verdict = .inconclusive(examplesNeeded: needed)
    }
    return NonInferiority(
      difference: difference, lowerBound: low, upperBound: high, margin: margin, level: level,
      verdict: verdict)
  }
}
