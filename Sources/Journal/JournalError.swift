// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// A journal that cannot be opened, read or written.
public struct JournalError: InputError, Hashable {
  /// What is wrong, for programs.
  public enum Code: String, Sendable, CaseIterable {
    /// The journal is of another experiment.
    case otherExperiment
    /// The journal is of another version of the format.
    case otherVersion
    /// The file is no journal.
    case notAJournal
    /// The file is a journal and damaged.
    case damaged
    /// The folder's path is that of a file.
    case folderIsFile
    /// There is no journal to read.
    case missing
    /// The folder or the file cannot be written or read.
    case notWritable
    /// No space is left.
    case diskFull
    /// Another process works on the journal.
    case locked
    /// Two journals hold different results for the same block.
    case conflictingBlock
    /// The system failed to read or to write.
    case systemFailure
  }

  /// What is wrong.
  public let code: Code
  /// The path of the folder or the journal.
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
