// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// Truth values packed eight to a byte, the first one in the highest bit.
///
/// In JSON base64 of the bytes, which Python's `numpy.unpackbits` takes apart again. The last byte is
/// filled up with zeros; how many values there are is said elsewhere.
public struct PackedBits: Sendable, Hashable {
  /// The bytes.
  public let bytes: [UInt8]

  /// Packs values in their order.
  public init(_ values: [Bool]) {
    var bytes = [UInt8](repeating: 0, count: (values.count + 7) / 8)
    for (index, value) in values.enumerated() where value {
      bytes[index >> 3] |= 0x80 >> UInt8(index & 7)
    }
    self.bytes = bytes
  }

  /// How many values are true.
  public var ones: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// The value at an index.
  public subscript(index: Int) -> Bool { bytes[index >> 3] & (0x80 >> UInt8(index & 7)) != 0 }

  /// The first values; there are at least `count`.
  public func values(count: Int) -> [Bool] { (0..<count).map { self[$0] } }

  /// Whether these are exactly so many values, with nothing but zeros behind them.
  func holds(_ count: Int) -> Bool {
    guard bytes.count == (count + 7) / 8 else { return false }
    let unused = bytes.count * 8 - count
    return unused == 0 || bytes[bytes.count - 1] & ((1 << UInt8(unused)) - 1) == 0
  }
}

extension PackedBits: Codable {
  /// Reads base64.
  public init(from decoder: any Decoder) throws {
    bytes = try Base64.bytes(from: decoder)
  }

  /// Writes base64.
  public func encode(to encoder: any Encoder) throws {
    try Base64.encode(bytes, to: encoder)
  }
}

/// Bytes as a text in JSON.
enum Base64 {
  static func bytes(from decoder: any Decoder) throws -> [UInt8] {
    let container = try decoder.singleValueContainer()
    guard let data = Data(base64Encoded: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "the text is not base64")
    }
    return Array(data)
  }

  static func encode(_ bytes: [UInt8], to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Data(bytes).base64EncodedString())
  }
}
