// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Why a model cannot be made smaller in the way that was asked for.
public struct CompressionError: InputError, Equatable {
  /// The kinds.
  public enum Code: String, Sendable {
    /// The model's layers are not known, so that their shapes cannot be changed.
    case unknownLayers
    /// Weights that are no finite numbers, and so lie in no range.
    case notFinite
  }

  /// The kind.
  public let code: Code
  /// The model or the step.
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
