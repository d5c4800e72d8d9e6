// SPDX-License-Identifier: GPL-3.0-or-later

/// How long one forward pass takes, in milliseconds.
public struct LatencyRecord: Codable, Sendable, Hashable {
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
