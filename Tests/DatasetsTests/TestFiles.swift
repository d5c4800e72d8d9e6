// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import Foundation

/// Files written by other programs, beside this one.
enum Fixture {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures").path

  static func path(_ name: String) -> String { "\(folder)/\(name)" }

  static func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: path(name))))
  }
}

/// A folder that goes when the test ends.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "datasets-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, and the folders on the way to it; returns its path.
  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let url = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }
}

/// An IDX file by the letter of its definition.
func idx(_ shape: [Int], _ values: [UInt8], type: UInt8 = 8) -> [UInt8] {
  [0, 0, type, UInt8(shape.count)]
    + shape.flatMap {
      [
        UInt8(truncatingIfNeeded: $0 >> 24), UInt8(truncatingIfNeeded: $0 >> 16),
        UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0),
      ]
    } + values
}

/// A NumPy array file, version 1.0, by the letter of its definition.
func npy(_ type: String, _ shape: String, _ data: [UInt8]) -> [UInt8] {
  let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n"
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
    + data
}

/// The bytes of single precision numbers, low byte first.
func littleEndian(_ values: [Float]) -> [UInt8] {
  values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
}

/// The error a call ends with; nil if it ends well or with an error of another kind.
func failure(of body: () throws -> Void) -> DatasetError? {
  do { try body() } catch { return error as? DatasetError }
  return nil
}
