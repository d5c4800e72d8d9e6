// SPDX-License-Identifier: GPL-3.0-or-later

extension SampleSize {
  /// Returns the number of paired examples that would show a difference, or that there is none.
  ///
  /// The difference is shown by McNemar's test; that there is none larger than the margin by an
  /// interval inside of it, the rates being the observed ones.
  ///
  /// - Parameters:
  ///   - counts: What was observed.
  ///   - margin: The difference that does not matter, above 0.
  ///   - power: The chance that so many examples decide; at least one half.
  ///   - alpha: The two-sided level of the test, corrected for how many there are.
  ///   - level: The level of the two-sided interval.
  /// - Returns: Nil if a billion examples are too few.
  public static func deciding(
    _ counts: PairedCounts, margin: Double, power: Double = 0.8, alpha: Double = 0.05,
    level: Double = 0.95
  ) -> Int? {
    precondition(margin > 0 && margin < 1, "a margin lies in (0, 1)")
    let total = Double(counts.total)
    let shown =
      counts.difference == 0
      ? nil
      : paired(
        difference: counts.difference.magnitude,
        discordance: Double(counts.discordant) / total, power: power, alpha: alpha)
    let z =
      GSL.normalUpperQuantile((1 - level) / 2) + GSL.normalUpperQuantile(1 - power)
    let excluded = leastInteger(from: counts.total, to: limit) { examples in
      let score = counts.score.scaled(by: Double(examples) / total)
      return score.lowerBound(z: z) > -margin && score.upperBound(z: z) < margin
    }
    return [shown, excluded].compactMap(\.self).min().map { max($0, counts.total + 1) }
  }

  /// Returns the number of examples on the head's side that would show a difference, or that there is
  /// none, where both see examples of their own and the base's grow in proportion.
  ///
  /// - Parameters: As for paired counts.
  /// - Returns: Nil if a billion examples are too few.
  public static func deciding(
    _ counts: IndependentCounts, margin: Double, power: Double = 0.8, alpha: Double = 0.05,
    level: Double = 0.95
  ) -> Int? {
    precondition(margin > 0 && margin < 1, "a margin lies in (0, 1)")
    let reach = GSL.normalUpperQuantile(1 - power)
    let shows = GSL.normalUpperQuantile(alpha / 2) + reach
    let excludes = GSL.normalUpperQuantile((1 - level) / 2) + reach
    return leastInteger(from: counts.headTrials + 1, to: limit) { examples in
      let score = counts.score.scaled(by: Double(examples) / Double(counts.headTrials))
      return score.lowerBound(z: shows) > 0 || score.upperBound(z: shows) < 0
        || (score.lowerBound(z: excludes) > -margin && score.upperBound(z: excludes) < margin)
    }
  }
}
