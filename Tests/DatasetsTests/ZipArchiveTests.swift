// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Datasets

@Suite("Zip archives", .timeLimit(.minutes(15)))
struct ZipArchiveTests {
  @Test(
    "Stored and deflated entries unpack to the arrays in them", arguments: ["plain", "deflated"])
  func entries(name: String) throws {
    let archive = try ZipArchive(try Fixture.bytes(name + ".npz"), subject: name)
    #expect(archive.entries.map(\.name) == ["images.npy", "labels.npy"])
    let images = try archive.read(archive.entries[0])
    #expect(images == (try Fixture.bytes("c-order.npy")))
    let labels = try NPYReader.read(try archive.read(archive.entries[1]), subject: name)
    #expect(labels.integers() == [0, 1])
  }

  private func readAll(_ bytes: [UInt8]) throws {
    let archive = try ZipArchive(bytes, subject: "f")
    for entry in archive.entries { _ = try archive.read(entry) }
  }

  // Finds a signature's place in an archive.
  private func place(of signature: [UInt8], in bytes: [UInt8]) -> Int? {
    bytes.indices.first { bytes[$0...].starts(with: signature) }
  }

  @Test(
    "A field of the directory that is wrong is refused by its defect",
    arguments: [
      // offset in the first directory entry, new bytes, expected
      (8, [1, 0], .unsupported), (10, [12, 0], .unsupported),
      (16, [0, 0, 0, 0], .checksumMismatch),
      (20, [255, 255, 255, 255], .unsupported), (20, [255, 255, 255, 0], .corrupt),
      (24, [255, 255, 255, 127], .headerTooLarge), (24, [1, 0, 0, 0], .corrupt),
      (24, [255, 255, 0, 0], .corrupt), (42, [255, 255, 255, 127], .corrupt),
      (42, [1, 0, 0, 0], .corrupt), (0, [0], .corrupt), (28, [255, 255], .corrupt),
    ] as [(Int, [UInt8], DatasetError.Code)])
  func wrongField(offset: Int, value: [UInt8], code: DatasetError.Code) throws {
    var bytes = try Fixture.bytes("deflated.npz")
    let directory = try #require(place(of: [0x50, 0x4B, 1, 2], in: bytes))
    for (index, byte) in value.enumerated() { bytes[directory + offset + index] = byte }
    #expect(failure { try readAll(bytes) }?.code == code)
  }

  @Test("No archive, an empty one and one without its end are refused")
  func noArchive() throws {
    let whole = try Fixture.bytes("plain.npz")
    #expect(failure { try readAll([]) }?.code == .wrongMagic)
    #expect(failure { try readAll(Array("PK".utf8)) }?.code == .truncated)
    #expect(failure { try readAll(Array(whole.dropLast(30))) }?.code == .truncated)
  }

  @Test("An archive cut anywhere or with any byte changed never traps")
  func anyDamage() throws {
    let whole = try Fixture.bytes("deflated.npz")
    for index in whole.indices {
      #expect(failure { try readAll(Array(whole[..<index])) } != nil, "cut to \(index) bytes")
      var changed = whole
      changed[index] ^= 0xFF
      _ = failure { try readAll(changed) }
    }
  }
}
