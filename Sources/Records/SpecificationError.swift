// SPDX-License-Identifier: GPL-3.0-or-later

/// A name or a parameter that is misspelt, unknown or out of range.
public struct SpecificationError: InputError, Hashable {
  /// What is wrong, for programs.
  public enum Code: String, Sendable, CaseIterable {
    /// The text is not `name:key=value:key=value`.
    case malformed
    /// A parameter is stated twice.
    case repeatedParameter
    /// No member of the catalog has this name.
    case unknownName
    /// The member has no such parameter.
    case unknownParameter
    /// The value is not of the parameter's kind.
    case wrongKind
    /// The value lies outside the parameter's range.
    case outOfRange
  }

  /// What is wrong.
  public let code: Code
  /// What was read, as in `attack 'pdg'`.
  public let subject: String
  /// What was found and what was expected.
  public let detail: String
  /// What the user can do about it.
  public let remedy: String

  /// Creates an error from its facts.
  public init(_ code: Code, subject: String, detail: String, remedy: String) {
    self.code = code
    self.subject = subject
    self.detail = detail
    self.remedy = remedy
  }
}
