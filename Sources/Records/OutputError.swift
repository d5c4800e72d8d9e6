// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A file could not be written.
public struct OutputError: InputError, Hashable {
  /// Why.
  public enum Code: String, Sendable, CaseIterable {
    /// No space or no quota is left.
    case diskFull
    /// The folder or file may not be written.
    case notPermitted
    /// The folder to write into does not exist.
    case missingFolder
    /// A folder stands where the file should go, or a file where a folder should.
    case wrongKind
    /// The operating system gave another reason.
    case other
  }

  /// Why.
  public let code: Code
  /// The path that was to be written.
  public let subject: String
  /// The operating system's words.
  public let detail: String
  /// What the user can do about it.
  public let remedy: String

  /// Turns the system's error number into a value.
  ///
  /// - Parameters:
  ///   - subject: The path that was to be written.
  ///   - number: `errno` right after the call that failed.
  public init(subject: String, errno number: Int32) {
    self.subject = subject
    detail = "cannot be written: " + String(cString: strerror(number))
    switch number {
    case ENOSPC, EDQUOT, EFBIG:
      code = .diskFull
      remedy = "free some space or choose another folder"
    case EACCES, EPERM, EROFS:
      code = .notPermitted
      remedy = "choose a folder that you may write"
    case ENOENT:
      code = .missingFolder
      remedy = "create the folder first"
    case EISDIR, ENOTDIR, EEXIST, ENOTEMPTY:
      code = .wrongKind
      remedy = "move what is in the way or choose another folder"
    default:
      code = .other
      remedy = "choose another folder"
    }
  }
}
