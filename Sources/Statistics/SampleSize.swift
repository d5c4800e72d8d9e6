// SPDX-License-Identifier: GPL-3.0-or-later

/// How many examples a question needs, and how small a difference some examples can show.
///
/// Differences and rates are shares in 0...1; `alpha` is the two-sided level of the test, `power` the
/// chance that it finds the difference.
public enum SampleSize {
  static let limit = 1_000_000_000

  /// Returns the number of examples for which the exact interval of a rate is narrow enough.
  ///
  /// - Parameters:
  ///   - halfWidth: Half of the distance between the ends of the interval, such as 0.03.
  ///   - rate: The rate that is expected; one half is the worst case.
  ///   - level: The level of the two-sided interval.
  /// - Returns: Nil if a billion examples are too few.
  /// - Note: The expected successes, rate times examples, are not rounded, so that the width falls
  ///   steadily; with whole counts it can be wider by a part in the number of examples.
  public static func forHalfWidth(
    _ halfWidth: Double, rate: Double = 0.5, level: Double = 0.95
  ) -> Int? {
    precondition(halfWidth > 0, "a half width is positive")
    precondition((0...1).contains(rate), "a rate lies in 0...1")
    checkLevel(level)
    let tail = (1 - level) / 2
    return leastInteger(from: 1, to: limit) { trials in
      let count = Double(trials)
      let low = ClopperPearson.low(rate * count, count, tail: tail)
      let high = ClopperPearson.high(rate * count, count, tail: tail)
      return high - low <= 2 * halfWidth
    }
  }

  /// Returns the smallest paired difference that McNemar's test finds with the given power.
  ///
  /// - Parameters:
  ///   - trials: The number of examples that both models see.
  ///   - discordance: The share of examples on which they differ.
  ///   - power: The chance of finding the difference; at least one half.
  ///   - alpha: The two-sided level.
  /// - Returns: Nil if even a difference as large as the discordance would be missed.
  ///
  /// > Source: Connor. "Sample Size for Testing Differences in Proportions for the Paired-Sample
  /// > Design." Biometrics 43 (1987) 207-211, solved for the difference.
  public static func pairedDetectableDifference(
    trials: Int, discordance: Double, power: Double = 0.8, alpha: Double = 0.05
  ) -> Double? {
    precondition(trials > 0, "a comparison needs an example")
    precondition(discordance > 0 && discordance <= 1, "a discordance lies in (0, 1]")
    let (level, reach) = quantiles(alpha: alpha, power: power)
    let count = Double(trials)
    let half = level * (discordance * count).squareRoot()
    let curvature = count + reach * reach
    let rest = (level * level - reach * reach) * discordance
    let root = half * half - curvature * rest
    guard root >= 0 else { return nil }
    let difference = (half + root.squareRoot()) / curvature
    return difference <= discordance ? difference : nil
  }

  /// Returns the number of paired examples in which McNemar's test finds a difference.
  ///
  /// - Parameters:
  ///   - difference: The size of the difference, from above 0 to `discordance`.
  ///   - discordance: The share of examples on which the models differ.
  ///   - power: The chance of finding the difference; at least one half.
  ///   - alpha: The two-sided level.
  /// - Returns: The number of examples, rounded up.
  ///
  /// > Source: Connor 1987, as for the detectable difference.
  public static func paired(
    difference: Double, discordance: Double, power: Double = 0.8, alpha: Double = 0.05
  ) -> Int {
    precondition(difference > 0 && difference <= discordance && discordance <= 1)
    let (level, reach) = quantiles(alpha: alpha, power: power)
    let spread = (discordance - difference * difference).squareRoot()
    let root = (level * discordance.squareRoot() + reach * spread) / difference
    return Int((root * root).rounded(.up))
  }

  /// Returns the smallest difference that two separate samples of equal size show.
  ///
  /// - Parameters:
  ///   - trials: The number of examples on each side.
  ///   - rate: The rate of both, taken for the variance; one half is the worst case.
  ///   - power: The chance of finding the difference; at least one half.
  ///   - alpha: The two-sided level.
  /// - Returns: The difference by the normal approximation; it may exceed 1 for very few examples.
  public static func unpairedDetectableDifference(
    trials: Int, rate: Double = 0.5, power: Double = 0.8, alpha: Double = 0.05
  ) -> Double {
    precondition(trials > 0, "a comparison needs an example")
    precondition(rate > 0 && rate < 1, "a rate lies strictly between 0 and 1")
    let (level, reach) = quantiles(alpha: alpha, power: power)
    return (level + reach) * (2 * rate * (1 - rate) / Double(trials)).squareRoot()
  }

  /// Returns the number of examples on each side in which two separate samples show a difference.
  ///
  /// - Parameters:
  ///   - difference: The size of the difference, above 0.
  ///   - rate: The rate of both, taken for the variance; one half is the worst case.
  ///   - power: The chance of finding the difference; at least one half.
  ///   - alpha: The two-sided level.
  /// - Returns: The number of examples by the normal approximation, rounded up.
  public static func unpaired(
    difference: Double, rate: Double = 0.5, power: Double = 0.8, alpha: Double = 0.05
  ) -> Int {
    precondition(difference > 0 && difference <= 1, "a difference lies in (0, 1]")
    precondition(rate > 0 && rate < 1, "a rate lies strictly between 0 and 1")
    let (level, reach) = quantiles(alpha: alpha, power: power)
    let root = (level + reach) / difference
    return Int((2 * rate * (1 - rate) * root * root).rounded(.up))
  }

  private static func quantiles(
    alpha: Double, power: Double
  ) -> (level: Double, reach: Double) {
    precondition(alpha > 0 && alpha < 1, "alpha lies strictly between 0 and 1")
    precondition(power >= 0.5 && power < 1, "a power lies from one half to below 1")
    return (GSL.normalUpperQuantile(alpha / 2), GSL.normalUpperQuantile(1 - power))
  }
}
