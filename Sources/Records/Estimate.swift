// SPDX-License-Identifier: GPL-3.0-or-later

/// An estimated share or difference with its interval.
public struct Estimate: Codable, Sendable, Hashable {
  /// The point estimate.
  public var value: Double
  /// The lower end of the interval.
  public var low: Double
  /// The upper end of the interval.
  public var high: Double
  /// The confidence level of the interval, such as 0.95.
  public var level: Double

  /// Creates an estimate.
  public init(value: Double, low: Double, high: Double, level: Double = 0.95) {
    self.value = value
    self.low = low
    self.high = high
    self.level = level
  }

  /// Writes value and interval, such as `0.412 [0.381, 0.443]`.
  public func text(decimals: Int = 3) -> String {
    "\(value.fixed(decimals)) [\(low.fixed(decimals)), \(high.fixed(decimals))]"
  }

  /// Writes value, interval and sample size, such as `0.412 [0.381, 0.443] (n = 1000)`.
  public func text(examples: Int, decimals: Int = 3) -> String {
    "\(text(decimals: decimals)) (n = \(examples))"
  }
}
