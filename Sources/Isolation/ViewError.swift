// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Why a model cannot be shown in part.
public struct ViewError: InputError, Equatable {
  /// The kinds.
  public enum Code: String, Sendable {
    /// The model has fewer layers with weights than were named.
    case tooFewLayers
    /// The model's layers are not known.
    case unknownLayers
    /// The model has no such member.
    case noMember
  }

  /// The kind.
  public let code: Code
  /// The isolation and the model.
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
