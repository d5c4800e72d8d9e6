// SPDX-License-Identifier: GPL-3.0-or-later

/// The share of the prunable parameters that was to go, and that did go.
public struct SparsityRecord: Codable, Sendable, Hashable {
  /// What was asked for, `0..<1`.
  public var requested: Double
  /// What is read off the stored parameters, `0...1`.
  public var achieved: Double

  /// Creates a record.
  public init(requested: Double, achieved: Double) {
    self.requested = requested
    self.achieved = achieved
  }
}
