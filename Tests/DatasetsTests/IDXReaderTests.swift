// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Datasets

@Suite("IDX files", .timeLimit(.minutes(15)))
struct IDXReaderTests {
  private let counting = Array(UInt8(0)..<24)

  @Test("A plain file gives its shape and bytes")
  func plain() throws {
    let content = try IDXReader.read(idx([4, 3, 2], counting), subject: "f")
    #expect(content == .init(shape: [4, 3, 2], values: counting))
  }

  @Test(
    "A file that gzip packed gives its shape and bytes",
    arguments: ["images.gz", "two-members.gz"])
  func gzipped(name: String) throws {
    let content = try IDXReader.read(try Fixture.bytes(name), subject: name)
    #expect(content == .init(shape: [4, 3, 2], values: counting))
  }

  @Test(
    "A broken plain file is refused by its defect",
    arguments: [
      ([], .truncated), ([0, 0, 8], .truncated), ([0, 0, 8, 1], .truncated),
      ([0, 0, 8, 3, 0, 0, 0, 4, 0, 0], .truncated),
      (idx([4], [0, 1, 2]), .truncated), (idx([4], [0, 1, 2, 3, 4]), .trailingBytes),
      (idx([4], [1, 2, 3, 4], type: 7), .wrongMagic),
      (idx([4], [1, 2, 3, 4], type: 0xD), .unsupported),
      ([1] + idx([1], [1]).dropFirst(), .wrongMagic), ([0, 0, 8, 0, 0, 0, 0, 0], .wrongMagic),
      (Array("<!DOCTYPE html>".utf8), .wrongMagic),
      (idx([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], []), .headerTooLarge),
      (idx([0xFFFF_FFFF, 28, 28], []), .headerTooLarge), (idx([60_000, 28, 28], []), .truncated),
    ] as [([UInt8], DatasetError.Code)])
  func broken(bytes: [UInt8], code: DatasetError.Code) {
    let error = failure { _ = try IDXReader.read(bytes, subject: "some/file") }
    #expect(error?.code == code)
    #expect(error?.subject == "some/file")
  }

  @Test(
    "A broken gzipped file is refused by its defect",
    arguments: [
      ("bad-tail.gz", .trailingBytes), ("bad-cut.gz", .truncated), ("bad-checksum.gz", .corrupt),
      ("bad-bomb.gz", .trailingBytes), ("bad-promise.gz", .headerTooLarge),
    ] as [(String, DatasetError.Code)])
  func brokenGzip(name: String, code: DatasetError.Code) throws {
    let bytes = try Fixture.bytes(name)
    #expect(failure { _ = try IDXReader.read(bytes, subject: name) }?.code == code)
  }

  @Test("A gzipped file cut anywhere is refused, and never by a trap")
  func cutAnywhere() throws {
    let whole = try Fixture.bytes("images.gz")
    for length in 0..<whole.count {
      let error = failure { _ = try IDXReader.read(Array(whole[..<length]), subject: "f") }
      #expect(error != nil, "cut to \(length) bytes")
    }
  }

  @Test("A gzipped file with any one byte changed never reads as something else")
  func changedAnywhere() throws {
    let whole = try Fixture.bytes("images.gz")
    // Bytes 4 to 9 of a gzip header are a time, flags and a system, which mean nothing here.
    for place in whole.indices where !(4..<10).contains(place) {
      var changed = whole
      changed[place] ^= 0x55
      let content = try? IDXReader.read(changed, subject: "f")
      #expect(content == nil || content?.values == counting, "byte \(place)")
    }
  }
}
