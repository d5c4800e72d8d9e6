// SPDX-License-Identifier: GPL-3.0-or-later

/// The median of some measurements with an interval that assumes nothing of their distribution.
///
/// The ends are two of the measurements themselves, counted in from either side. The true median is
/// below the r-th smallest of n only if fewer than r of n fair coins fall heads.
///
/// > Source: David and Nagaraja. "Order Statistics", third edition, 2003, section 7.1.
public struct MedianInterval: Sendable, Hashable {
  /// The sample median; the mean of the middle two where the number of samples is even.
  public let median: Double
  /// The two-sided interval, with the level that was asked for.
  public let interval: ConfidenceInterval
  /// The exact probability of covering the true median, for independent samples; at least the level.
  public let coverage: Double
  /// The number of samples.
  public let count: Int

  /// The lower end.
  public var low: Double { interval.low }
  /// The upper end.
  public var high: Double { interval.high }

  /// Computes the narrowest symmetric pair of order statistics that reaches a level.
  ///
  /// - Returns: Nil if the extremes of so few samples do not reach it; 0.95 takes six samples.
  public init?(samples: [Double], level: Double = 0.95) {
    checkLevel(level)
    precondition(samples.allSatisfy(\.isFinite), "a measurement is a finite number")
    let count = samples.count
    guard count > 0 else { return nil }
    func coverage(leavingOut rank: Int) -> Double {
      1 - 2 * GSL.fairCoinLower(rank, of: count)
    }
    guard coverage(leavingOut: 0) >= level else { return nil }
    var rank = 0
    while 2 * (rank + 1) < count, coverage(leavingOut: rank + 1) >= level { rank += 1 }
    let sorted = samples.sorted()
    let upper = count / 2
    median = count.isMultiple(of: 2) ? (sorted[upper - 1] + sorted[upper]) / 2 : sorted[upper]
    interval = ConfidenceInterval(
      low: sorted[rank], high: sorted[count - 1 - rank], level: level)
    self.coverage = coverage(leavingOut: rank)
    self.count = count
  }
}
