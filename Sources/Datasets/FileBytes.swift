// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Whole files and folder listings, with errors that say which path and why.
enum FileBytes {
  /// The most bytes accepted in one file or one decoded array: two gibibytes.
  static let maximum = 1 << 31

  enum Kind {
    case file, folder, other
  }

  /// What lies at a path, links followed; nil if nothing does or it cannot be seen.
  static func kind(of path: String) -> Kind? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return kind(of: status)
  }

  /// What lies at a path, links followed.
  static func requiredKind(of path: String) throws(DatasetError) -> Kind {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw failure(errno, path, remedy: "check the spelling of the path")
    }
    return kind(of: status)
  }

  /// The bytes of a regular file that is not empty.
  static func read(
    _ path: String, remedy: String = DatasetError.defaultRemedy
  ) throws(DatasetError) -> [UInt8] {
    // Without O_NONBLOCK a named pipe would wait for its writer for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(errno, path, remedy: remedy) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(errno, path, remedy: remedy) }
    guard kind(of: status) == .file else {
      let found = kind(of: status) == .folder ? "a folder" : "a device or pipe"
      throw DatasetError(.notAFile, path, "found \(found), expected a file", remedy: remedy)
    }
    let size = Int(status.st_size)
    guard size > 0 else {
      throw DatasetError(.empty, path, "the file has no bytes", remedy: remedy)
    }
    guard size <= maximum else {
      throw DatasetError(.headerTooLarge, path, "\(size) bytes, at most \(maximum) are read")
    }
    var problem: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { target, filled in
      while filled < size, problem == 0 {
        let got = Glibc.read(descriptor, target.baseAddress?.advanced(by: filled), size - filled)
        if got > 0 { filled += got } else if got == 0 { break } else { problem = errno }
      }
    }
    guard problem == 0 else { throw failure(problem, path, remedy: remedy) }
    return bytes
  }

  /// The names in a folder, hidden ones left out, in the order of their bytes.
  static func names(
    in folder: String, remedy: String = DatasetError.defaultRemedy
  ) throws(DatasetError) -> [String] {
    guard let stream = opendir(folder) else { throw failure(errno, folder, remedy: remedy) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The error for a number that the system gave.
  static func failure(_ number: Int32, _ path: String, remedy: String) -> DatasetError {
    switch number {
    case ENOENT: DatasetError(.missing, path, "no such file or folder", remedy: remedy)
    case ENOTDIR:
      DatasetError(.missing, path, "a part of the path is not a folder", remedy: remedy)
    case EACCES, EPERM:
      DatasetError(
        .notPermitted, path, "the system denies access", remedy: "give yourself the right to read")
    default: DatasetError(.unreadable, path, String(cString: strerror(number)), remedy: remedy)
    }
  }

  private static func kind(of status: stat) -> Kind {
    switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: .other
    }
  }
}
