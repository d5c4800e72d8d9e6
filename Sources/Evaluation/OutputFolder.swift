// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Glibc
import Records

/// Folders that a run writes into.
enum OutputFolder {
  /// Makes a folder and those that lead to it.
  static func make(_ path: String) throws(OutputError) {
    var end = path.startIndex
    while end < path.endIndex {
      end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
      let part = String(path[..<end])
      guard mkdir(part, 0o777) != 0, errno != EEXIST else { continue }
      // A folder that exists on a read-only disk may answer otherwise than with EEXIST.
      let systemError = errno
      guard access(part, F_OK) != 0 else { continue }
      throw OutputError(subject: part, errno: systemError)
    }
  }

  /// Removes what a killed process began to write and did not put in its place.
  ///
  /// Only for a folder that nobody else writes into, as its journal's lock assures.
  static func removeUnfinished(below folder: String) {
    guard let names = try? FileManager.default.subpathsOfDirectory(atPath: folder) else { return }
    for name in names {
      let last = name.split(separator: "/").last ?? ""
      guard last.hasPrefix("."), last.hasSuffix(".partial") else { continue }
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }
}
