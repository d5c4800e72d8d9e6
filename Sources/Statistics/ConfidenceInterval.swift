// SPDX-License-Identifier: GPL-3.0-or-later

/// A range that covers the true value with a stated probability.
public struct ConfidenceInterval: Sendable, Hashable {
  /// The lower end.
  public let low: Double
  /// The upper end.
  public let high: Double
  /// The stated probability, such as 0.95.
  public let level: Double

  init(low: Double, high: Double, level: Double) {
    self.low = low
    self.high = high
    self.level = level
  }

  /// Whether a value lies in the range, ends included.
  public func contains(_ value: Double) -> Bool {
    low <= value && value <= high
  }
}

/// Stops on a level that is no probability strictly between none and all.
func checkLevel(_ level: Double) {
  precondition(level > 0 && level < 1, "a level lies strictly between 0 and 1")
}
