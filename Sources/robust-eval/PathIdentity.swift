// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Tells whether two paths mean one file.
enum PathIdentity {
  /// Whether both are there and are the same file, also through links.
  static func isSame(_ one: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard stat(one, &first) == 0, stat(other, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }
}
