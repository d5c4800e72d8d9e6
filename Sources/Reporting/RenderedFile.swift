// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
public import Records

/// One text file of a report, not yet written.
public struct RenderedFile: Sendable, Hashable {
  /// The place inside the run's folder, such as `plots/accuracy.gp`.
  public var path: String
  /// The whole text.
  public var text: String

  /// Creates a file.
  public init(path: String, text: String) {
    self.path = path
    self.text = text
  }

  /// Writes the file into a folder, making the folders inside it that the path names.
  ///
  /// - Throws: `OutputError`; what was there before is then untouched.
  public func write(into folder: String) throws(OutputError) {
    try AtomicFile.write(text, to: RenderedFile.place(path, in: folder))
  }

  /// Joins a path to a folder, making the folders between them.
  static func place(_ path: String, in folder: String) throws(OutputError) -> String {
    var parent = folder
    for part in path.split(separator: "/").dropLast() {
      parent += "/" + part
      if mkdir(parent, 0o777) != 0, errno != EEXIST {
        throw OutputError(subject: parent, errno: errno)
      }
    }
    return "\(folder)/\(path)"
  }
}
