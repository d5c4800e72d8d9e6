// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Folders that are written into.
public enum OutputFolder {
  /// Makes a folder and those that lead to it.
  ///
  /// - Throws: ``OutputError`` that names the one that cannot be made.
  public static func make(_ path: String) throws(OutputError) {
    var end = path.startIndex
    while end < path.endIndex {
      end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
      let part = String(path[..<end])
      guard mkdir(part, 0o777) != 0, errno != EEXIST else { continue }
      // A folder that exists on a read-only disk may answer otherwise than with EEXIST.
      let systemError = errno
      guard access(part, F_OK) != 0 else { continue }
      // Where the folder above is there and this one is not found, as in /proc, none may be made.
      throw OutputError(subject: part, errno: systemError == ENOENT ? EPERM : systemError)
    }
  }
}
