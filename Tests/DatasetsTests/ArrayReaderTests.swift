// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Datasets

@Suite("Data sets of arrays", .timeLimit(.minutes(15)))
struct ArrayReaderTests {
  private let catalog = DatasetCatalog()

  @Test("An archive with channels last is brought to planes, labels of a column to a row")
  func channelsLast() throws {
    let data = try catalog.load(Fixture.path("keras.npz"))
    #expect(data.name == "keras")
    #expect(data.inputShape == [3, 2, 5])
    #expect(data.classes == ["0", "1", "2"])
    #expect(data.train?.labels == [0, 1, 2, 0])
    #expect(data.test.labels == [0, 2, 1, 0])
    // Pixel p, channel c of example n has level 30 n + 3 p + c in the training part.
    let expected = (0..<3).flatMap { channel in (0..<10).map { UInt8(30 + 3 * $0 + channel) } }
    let train = try #require(data.train)
    #expect(train[1..<2].pixels == .bytes(expected))
    #expect(data.test[2..<3].pixels == .bytes(expected))
  }

  @Test("A pair of single files is found by either of its names", arguments: ["x.npy", "y.npy"])
  func pair(name: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("x.npy", npy("<f4", "(2, 1, 2)", littleEndian([0, 0.25, 0.5, 1])))
    try folder.write("y.npy", npy("|u1", "(2,)", [1, 0]))
    for path in [folder.path, "\(folder.path)/\(name)", folder.path + "/"] {
      let data = try catalog.load(path)
      #expect(data.inputShape == [1, 1, 2])
      #expect(data.test.pixels == .floats([0, 0.25, 0.5, 1]))
      #expect(data.test.labels == [1, 0])
      #expect(data.train == nil)
    }
  }

  @Test("Whole numbers of other types are levels, booleans black and white")
  func levels() throws {
    let folder = try TemporaryFolder()
    try folder.write("y.npy", npy("|u1", "(2,)", [1, 0]))
    try folder.write("x.npy", npy("<i2", "(2, 1, 1)", [200, 0, 3, 0]))
    #expect(try catalog.load(folder.path).test.pixels == .bytes([200, 3]))
    try folder.write("x.npy", npy("|b1", "(2, 1, 1)", [1, 0]))
    #expect(try catalog.load(folder.path).test.pixels == .bytes([255, 0]))
  }

  @Test(
    "Images or labels that cannot be meant are refused by their defect",
    arguments: [
      // type and shape of x, its data, type and shape of y, its data
      Case("<f4", "(2, 1, 1)", littleEndian([0, .nan]), .nonFinite),
      Case("<f4", "(2, 1, 1)", littleEndian([0, .infinity]), .nonFinite),
      Case("<f4", "(2, 1, 1)", littleEndian([0, 1.001]), .pixelOutOfRange),
      Case("<f4", "(2, 1, 1)", littleEndian([-0.001, 1]), .pixelOutOfRange),
      Case("<i2", "(2, 1, 1)", [0, 1, 0, 0], .pixelOutOfRange),
      Case("|i1", "(2, 1, 1)", [255, 0], .pixelOutOfRange),
      Case("|u1", "(2, 1, 1)", [0, 1], .pixelOutOfRange),
      Case("<u8", "(2, 1, 1)", [UInt8](repeating: 255, count: 16), .pixelOutOfRange),
      Case("|u1", "(2, 2)", [0, 9, 9, 9], .shapeMismatch),
      Case("|u1", "(2,)", [0, 9], .shapeMismatch),
      Case("|u1", "(2, 1, 1, 1, 1)", [0, 9], .shapeMismatch),
      Case("|u1", "(3, 1, 1)", [0, 9, 9], .countMismatch),
      Case("|u1", "(0, 28, 28)", [], .empty), Case("|u1", "(2, 0, 28)", [], .empty),
      Case(labels: "<f4", "(2,)", littleEndian([0, 1]), .unsupported),
      Case(labels: "|u1", "(2, 2)", [0, 1, 1, 0], .shapeMismatch),
      Case(labels: "|u1", "()", [0], .shapeMismatch),
      Case(labels: "|i1", "(2,)", [0, 255], .labelOutOfRange),
      Case(labels: "<u8", "(2,)", [UInt8](repeating: 255, count: 16), .labelOutOfRange),
      Case(labels: "<i4", "(2,)", [0, 0, 0, 0, 255, 255, 255, 127], .labelOutOfRange),
      Case(labels: "|u1", "(2,)", [1, 1], .oneClass),
      Case(labels: "|u1", "(1,)", [1], .countMismatch),
      Case(labels: "|u1", "(0,)", [], .countMismatch),
    ])
  func refused(example: Case) throws {
    let folder = try TemporaryFolder()
    try folder.write("x.npy", example.images)
    try folder.write("y.npy", example.labels)
    let error = failure { _ = try catalog.load(folder.path) }
    #expect(error?.code == example.code)
    #expect(error?.subject.hasPrefix(folder.path) == true)
  }

  @Test("Pixels outside the declared range are an error of an archive too")
  func archiveRange() {
    for name in ["plain.npz", "deflated.npz"] {
      let error = failure { _ = try catalog.load(Fixture.path(name)) }
      #expect(error?.code == .pixelOutOfRange)
      #expect(error?.subject.hasSuffix("\(name):images") == true)
    }
  }

  @Test("Missing arrays are named")
  func missingArrays() throws {
    let folder = try TemporaryFolder()
    try folder.write("photos.npy", npy("|u1", "(2, 1, 1)", [0, 9]))
    let error = failure { _ = try catalog.load(folder.path) }
    #expect(error?.code == .missing)
    #expect(error?.detail.contains("photos") == true)
    try folder.write("x.npy", npy("|u1", "(2, 1, 1)", [0, 9]))
    let labels = failure { _ = try catalog.load(folder.path) }
    #expect(labels?.code == .missing)
    #expect(labels?.subject.hasSuffix("/y.npy") == true)
  }
}

extension ArrayReaderTests {
  /// A pair of arrays of which one is odd.
  struct Case: Sendable, CustomTestStringConvertible {
    let images: [UInt8]
    let labels: [UInt8]
    let code: DatasetError.Code
    let testDescription: String

    init(_ type: String, _ shape: String, _ data: [UInt8], _ code: DatasetError.Code) {
      images = npy(type, shape, data)
      labels = npy("|u1", "(2,)", [0, 1])
      self.code = code
      testDescription = "images \(type) \(shape) \(data)"
    }

    init(labels type: String, _ shape: String, _ data: [UInt8], _ code: DatasetError.Code) {
      images = npy("|u1", "(2, 1, 1)", [0, 9])
      labels = npy(type, shape, data)
      self.code = code
      testDescription = "labels \(type) \(shape) \(data)"
    }
  }
}
