// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Why a model cannot be divided.
public struct ShardingError: InputError, Equatable {
  /// The kinds.
  public enum Code: String, Sendable {
    /// Too few places at which a single tensor passes from layer to layer.
    case tooFewCuts
    /// Inputs without columns, or with too few.
    case tooFewColumns
  }

  /// The kind.
  public let code: Code
  /// The model.
  public let subject: String
  /// What was found.
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
