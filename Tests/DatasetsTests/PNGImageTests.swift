// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Datasets

@Suite("PNG pictures", .timeLimit(.minutes(15)))
struct PNGImageTests {
  private static let levels: [UInt8] = [0, 40, 80, 120, 160, 200]
  private static let colours = levels.flatMap { [$0, $0 + 5, 250 - $0] }

  @Test(
    "Every kind of picture that is read gives the levels that went in",
    arguments: [
      ("grey.png", 1, levels), ("grey-opaque.png", 1, levels), ("colour.png", 3, colours),
      ("palette.png", 3, colours), ("opaque.png", 3, colours),
      ("one-bit.png", 1, [255, 0, 255, 0, 255, 0]),
    ] as [(String, Int, [UInt8])])
  func decodes(name: String, channels: Int, values: [UInt8]) throws {
    let image = try PNGImage(try Fixture.bytes(name), subject: name)
    #expect((image.width, image.height) == (3, 2))
    #expect(image.channels == channels)
    #expect(image.values == values)
  }

  @Test(
    "A picture that cannot be taken as it is is refused by its defect",
    arguments: [
      ("bad-transparent.png", .unsupported), ("bad-sixteen.png", .unsupported),
      ("bad-cut.png", .truncated), ("bad-rows.png", .corrupt), ("bad-checksum.png", .corrupt),
      ("bad-huge.png", .headerTooLarge), ("c-order.npy", .wrongMagic),
    ] as [(String, DatasetError.Code)])
  func refused(name: String, code: DatasetError.Code) throws {
    let bytes = try Fixture.bytes(name)
    let error = failure { _ = try PNGImage(bytes, subject: name) }
    #expect(error?.code == code)
    #expect(error?.subject == name)
  }

  @Test("A picture cut anywhere is refused")
  func cutAnywhere() throws {
    let whole = try Fixture.bytes("palette.png")
    for length in 0..<whole.count {
      let error = failure { _ = try PNGImage(Array(whole[..<length]), subject: "f") }
      #expect(error != nil, "cut to \(length) bytes")
    }
  }
}
