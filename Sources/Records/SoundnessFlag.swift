// SPDX-License-Identifier: GPL-3.0-or-later

/// A check that an evaluation did not pass.
public struct SoundnessFlag: Codable, Sendable, Hashable {
  /// How much a flag weighs.
  public enum Severity: String, Codable, Sendable, CaseIterable {
    /// The number stands; the reader should know.
    case note
    /// The number may be too high.
    case warning
    /// The number must not be believed; a gate refuses it.
    case blocking
  }

  /// The check's name.
  public var check: String
  /// How much the flag weighs.
  public var severity: Severity
  /// What was measured.
  public var value: Double
  /// The bound that it passed.
  public var threshold: Double
  /// One plain sentence.
  public var message: String

  /// Creates a flag.
  public init(
    check: String, severity: Severity, value: Double, threshold: Double, message: String
  ) {
    self.check = check
    self.severity = severity
    self.value = value
    self.threshold = threshold
    self.message = message
  }
}
