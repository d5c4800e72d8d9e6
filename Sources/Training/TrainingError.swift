// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Why a training did not end well.
public struct TrainingError: InputError, Equatable {
  /// The kinds.
  public enum Code: String, Sendable {
    /// The loss is no longer a number.
    case diverged
  }

  /// The kind.
  public let code: Code
  /// The training.
  public let subject: String
  /// Where it broke off.
  public let detail: String
  /// What to do.
  public let remedy: String

  /// Creates an error.
  public init(_ code: Code, subject: String, detail: String, remedy: String) {
    self.code = code
    self.subject = subject
    self.detail = detail
    self.remedy = remedy
  }
}
