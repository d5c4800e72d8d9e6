// SPDX-License-Identifier: GPL-3.0-or-later

/// The rules that a report is held against.
public struct Judging: Sendable, Hashable {
  /// The policy file; nil where the largest drop alone counts.
  public var policy: String?
  /// The report compared with, a file or the folder of a run; nil where no rule needs one.
  public var baseline: String?
  /// Whether rules that need a baseline are left out where it is not there yet.
  public var baselineIsOptional: Bool
  /// The largest loss of clean and of robust accuracy against the baseline, in 0..<1.
  public var maxDrop: Double?

  /// Creates a setting.
  public init(
    policy: String? = nil, baseline: String? = nil, baselineIsOptional: Bool = false,
    maxDrop: Double? = nil
  ) {
    self.policy = policy
    self.baseline = baseline
    self.baselineIsOptional = baselineIsOptional
    self.maxDrop = maxDrop
  }
}
