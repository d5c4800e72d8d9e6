// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Records

/// Reads experiment files, and looks at what a data set is before defaults are chosen.
enum FileReader {
  /// The content of a file, cut off one byte behind the limit, so that an endless one ends.
  ///
  /// - Throws: ``UsageError`` with code `unreadableFile`.
  static func bytes(of path: String, limit: Int) throws(UsageError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while content.count <= limit {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(path) }
      guard count > 0 else { break }
      content += buffer[..<count]
    }
    return Array(content.prefix(limit + 1))
  }

  /// Whether a folder holds a table of texts to train on or to judge by.
  static func holdsTables(_ folder: String) -> Bool {
    ["train", "test"].contains { role in
      Experiment.tableSuffixes.contains { access("\(folder)/\(role)\($0)", R_OK) == 0 }
    }
  }

  private static func failure(_ path: String) -> UsageError {
    UsageError(
      .unreadableFile, subject: path.isEmpty ? "--config" : path,
      detail: "cannot be read: \(String(cString: strerror(errno)))",
      remedy: "give an experiment file")
  }
}
