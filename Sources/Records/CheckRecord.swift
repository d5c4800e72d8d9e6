// SPDX-License-Identifier: GPL-3.0-or-later

/// What one soundness check measured, also where all is well.
public struct CheckRecord: Codable, Sendable, Hashable {
  /// The check's name.
  public var check: String
  /// What was measured.
  public var value: Double
  /// The bound that the value must keep to.
  public var threshold: Double
  /// Examples that it was measured on; none where the check was left out.
  public var sample: Int
  /// How much it weighs that the bound was passed; nil where it was kept.
  public var severity: SoundnessFlag.Severity?
  /// One plain sentence.
  public var message: String

  /// Creates a record.
  public init(
    check: String, value: Double, threshold: Double, sample: Int,
    severity: SoundnessFlag.Severity?, message: String
  ) {
    self.check = check
    self.value = value
    self.threshold = threshold
    self.sample = sample
    self.severity = severity
    self.message = message
  }

  /// The flag of a check that was not passed.
  public var flag: SoundnessFlag? {
    severity.map {
      SoundnessFlag(
        check: check, severity: $0, value: value, threshold: threshold, message: message)
    }
  }
}
