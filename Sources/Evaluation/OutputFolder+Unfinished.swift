// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Records

extension OutputFolder {
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
