// SPDX-License-Identifier: GPL-3.0-or-later

/// The median of repeated measurements with its interval.
public struct MedianRecord: Codable, Sendable, Hashable {
  /// The median over repetitions.
  public var median: Double
  /// Lower end of the median's interval.
  public var low: Double
  /// Upper end of the median's interval.
  public var high: Double

  /// Creates a record.
  public init(median: Double, low: Double, high: Double) {
    self.median = median
    self.low = low
    self.high = high
  }
}
