// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// A policy that cannot be followed.
public struct GateError: InputError, Hashable {
  /// What is wrong, for programs.
  public enum Code: String, Sendable, CaseIterable {
    /// The file cannot be read.
    case unreadable
    /// A list, a mapping or a text stands where something else should.
    case wrongKind
    /// A key is unknown, or has no meaning for this kind of rule.
    case unknownKey
    /// A key is missing.
    case missingKey
    /// A value is of another kind or out of its range.
    case badValue
    /// Two keys exclude each other.
    case conflict
    /// Two rules have one name.
    case repeatedRule
    /// A rule compares with a baseline, and none was given.
    case needsBaseline
    /// The baseline's run stopped early, in another order of the examples.
    case otherOrder
    /// A rule selects nothing, so that it would pass whatever happens.
    case selectsNothing
    /// A rule on classes, and the report does not say which example is of which class.
    case noClasses
    /// A rule names a class that the data set has not.
    case unknownClass
  }

  /// What is wrong.
  public let code: Code
  /// The file with line and key, or the rule.
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
