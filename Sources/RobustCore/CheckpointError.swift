// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Why a checkpoint cannot be read.
public struct CheckpointError: InputError, Equatable {
  /// The kinds.
  public enum Code: String, Sendable {
    /// The bytes are no safetensors file.
    case malformed
    /// A tensor is missing, or has another shape than the model's.
    case mismatched
  }

  /// The kind.
  public let code: Code
  /// The file.
  public let subject: String
  /// What was found and what was expected.
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

extension CheckpointError {
  /// A file that is whole, and another model's.
  public static func mismatched(_ subject: String, _ detail: String) -> CheckpointError {
    CheckpointError(
      .mismatched, subject: subject, detail: detail, remedy: "use the checkpoint of this model")
  }
}
