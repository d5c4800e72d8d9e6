// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import Foundation
import Testing

@Suite("NumPy archives", .timeLimit(.minutes(15)))
struct NPZFileTests {
  private static let arrays: [String: NPZFile.Array] = [
    "a": .floats([1, -0.5, .infinity, 3, 4, 5], shape: [2, 3]),
    "labels": .integers([0, -1, .max], shape: [3]), "none": .floats([], shape: [0, 4]),
    "scalar": .floats([7], shape: []),
  ]

  @Test("What is written is read again")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    try NPZFile.write(Self.arrays, to: folder.path + "/x.npz")
    #expect(try NPZFile.read(folder.path + "/x.npz") == Self.arrays)
  }

  @Test("The bytes are those of the format")
  func bytes() throws {
    let folder = try TemporaryFolder()
    try NPZFile.write(["a": .floats([1], shape: [1])], to: folder.path + "/x.npz")
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder.path + "/x.npz")))
    // A local header of 30 bytes and the name, then the array, whose data begins at a multiple of 64.
    #expect(Array(bytes[0..<4]) == [0x50, 0x4B, 3, 4])
    #expect(String(decoding: bytes[30..<35], as: UTF8.self) == "a.npy")
    #expect(Array(bytes[35..<43]) == [0x93] + Array("NUMPY".utf8) + [1, 0])
    #expect(Array(bytes[(35 + 128)..<(35 + 132)]) == [0, 0, 0x80, 0x3F])
    #expect(Array(bytes[(35 + 132)..<(35 + 136)]) == [0x50, 0x4B, 1, 2])
  }
}
