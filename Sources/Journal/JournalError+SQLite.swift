// SPDX-License-Identifier: GPL-3.0-or-later

import CSQLite
import Glibc

extension JournalError {
  /// Turns a result code of SQLite into a value.
  ///
  /// - Parameters:
  ///   - status: An extended result code.
  ///   - systemError: `errno` of the failed system call, or zero.
  ///   - path: The journal.
  init(status: Int32, systemError: Int32, path: String) {
    let reason =
      systemError == 0 || status & 0xFF == SQLITE_READONLY
      ? String(cString: sqlite3_errstr(status)) : String(cString: strerror(systemError))
    func error(_ code: Code, _ detail: String, _ remedy: String) -> JournalError {
      JournalError(code, subject: path, detail: detail, remedy: remedy)
    }
    // The system's number outlives the call that set it: it counts only where a call has failed.
    let failedCall = [SQLITE_IOERR, SQLITE_CANTOPEN].contains(status & 0xFF) ? systemError : 0
    self =
      switch (status & 0xFF, failedCall) {
      case (SQLITE_FULL, _), (_, ENOSPC), (_, EDQUOT):
        error(
          .diskFull, "the disk is full",
          "free some space and run the same command again; what was done is kept")
      case (SQLITE_BUSY, _), (SQLITE_LOCKED, _):
        error(
          .locked, "another process is working on it",
          "wait until that one has ended or choose another folder")
      case (SQLITE_NOTADB, _):
        error(.notAJournal, "is not a journal", "move it away or choose another folder")
      case (SQLITE_CORRUPT, _):
        error(.damaged, "is damaged", "remove it, which loses its results, and run again")
      case (SQLITE_READONLY, _), (SQLITE_PERM, _), (SQLITE_AUTH, _), (SQLITE_CANTOPEN, _),
        (_, EACCES), (_, EPERM), (_, EROFS):
        error(
          .notWritable, "cannot be opened for writing: \(reason)",
          "choose a folder that you may write")
      default:
        error(.systemFailure, reason, "check the disk or choose another folder")
      }
  }
}
