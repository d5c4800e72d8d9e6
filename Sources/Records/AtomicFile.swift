// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A file that appears in its place complete or not at all.
///
/// Bytes go to a temporary file beside the place; `commit` flushes it to the disk and renames it.
/// A value that is dropped without `commit` removes the temporary file and leaves what was there.
public struct AtomicFile: ~Copyable {
  private static let bufferSize = 1 << 16

  private let path: String
  private let temporaryPath: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []

  /// Opens a temporary file beside the place.
  ///
  /// - Throws: ``OutputError`` if the folder is missing or may not be written.
  public init(path: String) throws(OutputError) {
    self.path = path
    (temporaryPath, descriptor) = try AtomicFile.openTemporary(beside: path)
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporaryPath)
  }

  /// Appends text as UTF-8.
  ///
  /// - Throws: ``OutputError`` if the disk is full or fails.
  public mutating func append(_ text: String) throws(OutputError) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= AtomicFile.bufferSize { try flush() }
  }

  /// Appends bytes.
  ///
  /// - Throws: ``OutputError`` if the disk is full or fails.
  public mutating func append(_ bytes: [UInt8]) throws(OutputError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= AtomicFile.bufferSize { try flush() }
  }

  /// Puts the file in its place.
  ///
  /// - Throws: ``OutputError``; what was there before is then untouched.
  public consuming func commit() throws(OutputError) {
    try flush()
    guard fsync(descriptor) == 0 else { throw OutputError(subject: path, errno: errno) }
    guard rename(temporaryPath, path) == 0 else { throw OutputError(subject: path, errno: errno) }
    close(descriptor)
    descriptor = -1
    AtomicFile.flushFolder(of: path)
  }

  /// Writes a whole text into its place.
  ///
  /// - Throws: ``OutputError``; what was there before is then untouched.
  public static func write(_ text: String, to path: String) throws(OutputError) {
    try write(Array(text.utf8), to: path)
  }

  /// Writes all bytes of a file into its place.
  ///
  /// - Throws: ``OutputError``; what was there before is then untouched.
  public static func write(_ bytes: [UInt8], to path: String) throws(OutputError) {
    var file = try AtomicFile(path: path)
    try file.append(bytes)
    try file.commit()
  }

  private mutating func flush() throws(OutputError) {
    try AtomicFile.writeAll(buffer, to: descriptor, subject: path)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes every byte, however often the system stops half way.
  static func writeAll(
    _ bytes: [UInt8], to descriptor: Int32, subject: String
  ) throws(OutputError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        all.baseAddress.map { Glibc.write(descriptor, $0 + written, all.count - written) } ?? 0
      }
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        throw OutputError(subject: subject, errno: errno)
      }
    }
  }

  /// A new file `.NAME.PID-ATTEMPT.partial`; the name differs between processes and threads.
  private static func openTemporary(
    beside path: String
  ) throws(OutputError) -> (path: String, descriptor: Int32) {
    let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let folder = path[..<start]
    let name = path[start...]
    guard !name.isEmpty else { throw OutputError(subject: path, errno: EISDIR) }
    var attempt = 0
    while true {
      let temporary = "\(folder).\(name).\(getpid())-\(attempt).partial"
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (temporary, descriptor) }
      guard errno == EEXIST else { throw OutputError(subject: path, errno: errno) }
      attempt += 1
    }
  }

  /// Makes the rename itself survive a power failure, where the file system can.
  private static func flushFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "."
    let descriptor = open(String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
