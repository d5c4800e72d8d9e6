// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Where the program lies that a worker is started from.
public enum WorkerProgram {
  private static let name = "robust-eval"

  /// `robust-eval` in the folder of this program, most often this program itself.
  public static var besideThisOne: String {
    guard let resolved = realpath("/proc/self/exe", nil) else { return name }
    defer { free(resolved) }
    let path = String(cString: resolved)
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    return "\(folder)/\(name)"
  }
}
