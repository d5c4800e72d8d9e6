// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

enum Folder {
  /// Makes a folder and those that lead to it.
  static func make(_ path: String) throws(JournalError) {
    guard !path.isEmpty else { throw error(ENOENT, path: path) }
    var end = path.startIndex
    while end < path.endIndex {
      end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
      let part = String(path[..<end])
      guard mkdir(part, 0o777) != 0, errno != EEXIST else { continue }
      // A folder that exists on a read-only disk may answer otherwise than with EEXIST.
      let systemError = errno
      guard access(part, F_OK) != 0 else { continue }
      throw error(systemError, path: part)
    }
    guard isFolder(path) else { throw error(ENOTDIR, path: path) }
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func error(_ systemError: Int32, path: String) -> JournalError {
    switch systemError {
    case ENOTDIR:
      JournalError(
        .folderIsFile, subject: path, detail: "is a file", remedy: "choose another folder")
    case ENOSPC, EDQUOT:
      JournalError(
        .diskFull, subject: path, detail: "the disk is full",
        remedy: "free some space or choose another folder")
    default:
      JournalError(
        .notWritable, subject: path,
        detail: "cannot be made: \(String(cString: strerror(systemError)))",
        remedy: "choose a folder that you may write")
    }
  }
}
