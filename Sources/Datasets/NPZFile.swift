// SPDX-License-Identifier: GPL-3.0-or-later

import CZlib
import Glibc
public import Records

/// A NumPy archive (`.npz`) of single precision and whole-number arrays.
public enum NPZFile {
  /// One array of the archive.
  public enum Array: Sendable, Hashable {
    /// Single precision numbers, last dimension fastest.
    case floats([Float], shape: [Int])
    /// Whole numbers of 64 bits.
    case integers([Int], shape: [Int])

    fileprivate var byteCount: Int {
      switch self {
      case .floats(let values, _): values.count * MemoryLayout<Float>.size
      case .integers(let values, _): values.count * MemoryLayout<Int64>.size
      }
    }

    /// The dimensions.
    public var shape: [Int] {
      switch self {
      case .floats(_, let shape), .integers(_, let shape): shape
      }
    }
  }

  /// Reads every array of a file.
  ///
  /// - Returns: The arrays by name; floating and boolean ones as single precision.
  /// - Throws: ``DatasetError`` where the file is no archive of number arrays.
  public static func read(_ path: String) throws(DatasetError) -> [String: Array] {
    let archive = try ZipArchive(try FileBytes.read(path), subject: path)
    var arrays: [String: Array] = [:]
    for entry in archive.entries where entry.name.hasSuffix(suffix) {
      let name = String(entry.name.dropLast(suffix.count))
      let array = try NPYReader.read(try archive.read(entry), subject: "\(path):\(name)")
      arrays[name] =
        if array.type.kind != .bool, let integers = array.integers() {
          .integers(integers, shape: array.shape)
        } else {
          .floats(array.floats(), shape: array.shape)
        }
    }
    return arrays
  }

  /// Writes arrays, in the order of their names, complete or not at all.
  ///
  /// - Throws: `OutputError`; where the file would pass 4 GiB, before anything is written.
  public static func write(_ arrays: [String: Array], to path: String) throws(OutputError) {
    let size = arrays.values.reduce(0) { $0 + $1.byteCount + 4096 }
    // Beyond it the format needs other records, which the reader refuses too.
    guard size < Int(UInt32.max) else { throw OutputError(subject: path, errno: EFBIG) }
    var zip = ZipWriter()
    for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
      zip.append(npy(array), name: name + suffix)
    }
    try AtomicFile.write(zip.finished(), to: path)
  }

  private static let suffix = ".npy"

  /// > Source: NumPy, "NEP 1: A Simple File Format for NumPy Arrays", version 1.0.
  private static func npy(_ array: Array) -> [UInt8] {
    let type =
      switch array {
      case .floats: "<f4"
      case .integers: "<i8"
      }
    let shape = array.shape.map { "\($0)," }.joined(separator: " ")
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(shape)), }"
    // Magic, version, length and header together are a multiple of 64 bytes.
    let prefix = 10
    header += String(repeating: " ", count: 63 - (prefix + header.utf8.count) % 64) + "\n"
    var bytes: [UInt8] = [0x93] + "NUMPY".utf8 + [1, 0]
    bytes.append(littleEndian: UInt16(header.utf8.count))
    bytes += header.utf8
    switch array {
    case .floats(let values, _):
      bytes += values.map(\.bitPattern.littleEndian).withUnsafeBytes { [UInt8]($0) }
    case .integers(let values, _):
      bytes += values.map { Int64($0).littleEndian }.withUnsafeBytes { [UInt8]($0) }
    }
    return bytes
  }
}

/// Writes a zip archive of stored entries.
///
/// > Source: PKWARE, ".ZIP File Format Specification" (APPNOTE.TXT) 6.3.10, sections 4.3 to 4.5.
private struct ZipWriter {
  private var body: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  mutating func append(_ content: [UInt8], name: String) {
    let offset = body.count
    var common: [UInt8] = []
    // Version 2.0, no flags, stored, and the earliest date that the format knows.
    for value in [20, 0, 0, 0, 0x21] as [UInt16] { common.append(littleEndian: value) }
    common.append(littleEndian: UInt32(truncatingIfNeeded: crc32_z(0, content, content.count)))
    common.append(littleEndian: UInt32(content.count))
    common.append(littleEndian: UInt32(content.count))
    common.append(littleEndian: UInt16(name.utf8.count))
    common.append(littleEndian: 0 as UInt16)
    body.append(littleEndian: 0x0403_4B50 as UInt32)
    body += common + Array(name.utf8) + content
    directory.append(littleEndian: 0x0201_4B50 as UInt32)
    directory.append(littleEndian: 20 as UInt16)
    directory += common
    // No comment, first disk, no attributes.
    directory += [UInt8](repeating: 0, count: 10)
    directory.append(littleEndian: UInt32(offset))
    directory += Array(name.utf8)
    count += 1
  }

  func finished() -> [UInt8] {
    var end: [UInt8] = []
    end.append(littleEndian: 0x0605_4B50 as UInt32)
    for value in [0, 0, UInt16(count), UInt16(count)] as [UInt16] {
      end.append(littleEndian: value)
    }
    end.append(littleEndian: UInt32(directory.count))
    end.append(littleEndian: UInt32(body.count))
    end.append(littleEndian: 0 as UInt16)
    return body + directory + end
  }
}

extension [UInt8] {
  fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
    append(contentsOf: Swift.withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) })
  }
}
