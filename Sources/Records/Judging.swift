// SPDX-License-Identifier: GPL-3.0-or-later

/// The rules that a report is held against.
public struct Judging: Sendable, Hashable {
  /// The policy file; nil where the largest drop alone counts.
  public var policy: String?
  /// The report compared with, a file or the folder of a run; nil where no rule needs one.
  public var baseline: String?
  /// The largest loss of clean and of robust accuracy against the baseline, in 0..<1.
  public var maxDrop: Double?

  /// Creates a setting.
  public init(policy: String? = nil, baseline: String? = nil, maxDrop: Double? = nil) {
    self.policy = policy
    self.baseline = baseline
    self.maxDrop = maxDrop
  }
}
