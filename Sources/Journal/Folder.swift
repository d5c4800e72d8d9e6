// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Records

enum Folder {
  /// Makes a folder and those that lead to it.
  static func make(_ path: String) throws(JournalError) {
    guard !path.isEmpty else { throw JournalError(OutputError(subject: path, errno: ENOENT)) }
    do {
      try OutputFolder.make(path)
    } catch {
      throw JournalError(error)
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw JournalError(OutputError(subject: path, errno: ENOTDIR))
    }
  }
}

extension JournalError {
  /// A folder that cannot be made.
  fileprivate init(_ error: OutputError) {
    let code: Code =
      switch error.code {
      case .wrongKind: .folderIsFile
      case .diskFull: .diskFull
      case .notPermitted, .missingFolder, .other: .notWritable
      }
    self.init(
      code, subject: error.subject,
      detail: code == .folderIsFile ? "is a file" : error.detail,
      remedy: error.remedy)
  }
}
