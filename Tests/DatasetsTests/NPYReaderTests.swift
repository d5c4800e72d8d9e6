// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Datasets

@Suite("NumPy arrays", .timeLimit(.minutes(15)))
struct NPYReaderTests {
  @Test(
    "Every layout, byte order, number type and version of one array gives the same numbers",
    arguments: [
      "c-order", "fortran-order", "big-endian", "half", "double", "fortran-big-endian-int32",
      "uint8", "uint16", "uint32", "uint64", "int16", "int64", "version-2", "version-3",
    ])
  func sameNumbers(name: String) throws {
    let array = try NPYReader.read(try Fixture.bytes(name + ".npy"), subject: name)
    #expect(array.shape == [2, 3, 4])
    #expect(array.floats() == (0..<24).map { Float($0) })
    let isWhole = array.type.kind != .floating
    #expect(array.integers() == (isWhole ? Array(0..<24) : nil))
  }

  @Test("Signed bytes keep their sign")
  func signed() throws {
    let array = try NPYReader.read(try Fixture.bytes("negative-int8.npy"), subject: "f")
    #expect(array.integers() == [-128, -1, 0, 127])
    #expect(array.floats() == [-128, -1, 0, 127])
  }

  @Test("Booleans are zero and one")
  func booleans() throws {
    let array = try NPYReader.read(try Fixture.bytes("bool.npy"), subject: "f")
    #expect(array.floats() == [1, 0, 1])
  }

  @Test("A single value and no values are arrays too")
  func degenerate() throws {
    let scalar = try NPYReader.read(try Fixture.bytes("scalar.npy"), subject: "f")
    #expect(scalar.shape == [] && scalar.floats() == [2.5])
    let empty = try NPYReader.read(try Fixture.bytes("no-rows.npy"), subject: "f")
    #expect(empty.shape == [0, 4] && empty.floats() == [])
  }

  @Test(
    "A broken file of another program is refused by its defect",
    arguments: [
      ("bad-object.npy", .unsupported), ("bad-structured.npy", .unsupported),
      ("bad-complex.npy", .unsupported), ("bad-truncated.npy", .truncated),
      ("grey.png", .wrongMagic),
    ] as [(String, DatasetError.Code)])
  func brokenFile(name: String, code: DatasetError.Code) throws {
    let bytes = try Fixture.bytes(name)
    let error = failure { _ = try NPYReader.read(bytes, subject: name) }
    #expect(error?.code == code)
    #expect(error?.subject == name)
  }

  @Test(
    "A broken header is refused by its defect",
    arguments: [
      ([], .truncated), (Array("\u{93}NUM".utf8), .truncated),
      ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], .truncated),
      ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 4, 0, 0, 0], .unsupported),
      ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 2, 0, 255, 255, 255, 255], .headerTooLarge),
      ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 2, 0, 0x7B, 0x7D], .corrupt),
      (npy("<f4", "(2,)", [UInt8](repeating: 0, count: 9)), .trailingBytes),
      (npy("<f4", "(4294967296, 4294967296)", []), .headerTooLarge),
      (npy("<f4", "(9223372036854775807,)", []), .headerTooLarge),
      (npy("<f4", "(99999999999999999999,)", []), .corrupt), (npy("<f4", "(-1,)", []), .corrupt),
      (npy("<f4", "2", []), .corrupt), (npy("<U3", "(1,)", []), .unsupported),
      (npy("<M8[ns]", "(1,)", []), .unsupported), (npy("<f16", "(1,)", []), .unsupported),
      (npy("|f4", "(1,)", []), .unsupported), (npy("", "(1,)", []), .unsupported),
    ] as [([UInt8], DatasetError.Code)])
  func brokenHeader(bytes: [UInt8], code: DatasetError.Code) {
    #expect(failure { _ = try NPYReader.read(bytes, subject: "f") }?.code == code)
  }

  @Test(
    "The spellings of a header that occur are read",
    arguments: [
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", [3]),
      ("{\"shape\":(2,3),\"fortran_order\":False,\"descr\":\"<f4\"}", [2, 3]),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 2L), }   \n", [3, 2]),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", []),
    ] as [(String, [Int])])
  func spellings(text: String, shape: [Int]) {
    #expect(NPYHeader(text)?.shape == shape)
  }

  @Test(
    "A header with too little, too much or something else is refused",
    arguments: [
      "", "{}", "{'descr': '<f4', 'fortran_order': False}",
      "{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': 1}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} x",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
      "{'descr': '<f4' 'fortran_order': False, 'shape': (3,)}", "{'descr': '<f4", "{'descr': [(",
    ])
  func otherHeaders(text: String) {
    #expect(NPYHeader(text) == nil)
  }
}
