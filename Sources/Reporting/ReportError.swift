// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// A report that cannot be read, or two that cannot be held against each other.
public struct ReportError: InputError, Hashable {
  /// What is wrong, for programs.
  public enum Code: String, Sendable, CaseIterable {
    /// The file is missing or may not be read.
    case unreadable
    /// The file is no report: not JSON, or keys are missing or of another kind.
    case malformed
    /// The report has a layout that this program does not know.
    case otherSchema
    /// The report contradicts itself.
    case inconsistent
    /// The reports were made on different data.
    case otherData
    /// The reports have no attacker in common.
    case otherThreat
    /// The reports attack alike, and with other attacks.
    case otherAttacks
    /// The reports have no model in common.
    case nothingMatches
  }

  /// What is wrong.
  public let code: Code
  /// The report, or both.
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
