// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// A dictionary that cannot be read.
public struct LanguageError: InputError, Equatable {
  /// What is wrong, for programs.
  public enum Code: Sendable {
    /// A file cannot be read.
    case missing
    /// A file is not of the form that it should be of.
    case corrupt
  }

  /// What is wrong.
  public let code: Code
  /// The file.
  public let subject: String
  /// What was found and what was expected.
  public let detail: String
  /// What the user can do about it.
  public let remedy: String

  init(_ code: Code, _ subject: String, _ detail: String) {
    self.code = code
    self.subject = subject
    self.detail = detail
    remedy = "apt-get install wordnet-base"
  }
}
