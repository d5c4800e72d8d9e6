// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// A command line or an experiment file that cannot be followed.
public struct UsageError: InputError, Hashable {
  /// What is wrong, for programs.
  public enum Code: String, Sendable, CaseIterable {
    /// No command has this name.
    case unknownCommand
    /// No option has this name.
    case unknownOption
    /// An abbreviation fits several options.
    case ambiguousOption
    /// An option lacks its value.
    case missingValue
    /// A list is given by two options.
    case repeatedOption
    /// An argument has no meaning where it stands.
    case unexpectedArgument
    /// An argument is missing.
    case missingArgument
    /// A value is not of the option's kind or out of its range.
    case badValue
    /// A list names the same thing twice.
    case repeatedValue
    /// Two settings exclude each other.
    case conflict
    /// An experiment file has a key that is no option.
    case unknownKey
    /// An experiment file has a list or a mapping where a text should be.
    case wrongKind
    /// An experiment file cannot be read.
    case unreadableFile
    /// The results cannot be written to standard output.
    case outputFailed
    /// A check of the machine failed.
    case checkFailed
  }

  /// What is wrong.
  public let code: Code
  /// The option, or the file with line and key.
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
