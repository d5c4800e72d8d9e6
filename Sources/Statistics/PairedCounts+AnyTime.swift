// SPDX-License-Identifier: GPL-3.0-or-later

extension PairedCounts {
  /// A p-value of equal rates that holds however the number of examples came about.
  ///
  /// One over the e-value of ``SequentialPairedTest``; never less than the exact one means.
  public var anyTimeP: Double {
    let evidence = SequentialPairedTest.logEvidence(baseOnly: baseOnly, headOnly: headOnly)
    return GSL.exp(-max(0, evidence))
  }

  /// An interval of the difference that holds at all numbers of examples at once.
  ///
  /// - Parameter level: The level of the two-sided interval; half of what it leaves over lies beyond
  ///   each end.
  /// - Returns: The differences that no bet excludes; see `BettingCounts`.
  public func anyTimeInterval(level: Double = 0.95) -> ConfidenceInterval {
    checkLevel(level)
    let counts = BettingCounts(self)
    let each = (1 + level) / 2
    return ConfidenceInterval(
      low: 2 * counts.lowerBound(level: each) - 1, high: 2 * counts.upperBound(level: each) - 1,
      level: level)
  }
}
