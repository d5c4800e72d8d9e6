// SPDX-License-Identifier: GPL-3.0-or-later

/// Reads whole numbers out of bytes, one after the other; nil past the end.
struct ByteCursor {
  private let bytes: ArraySlice<UInt8>
  private(set) var position: Int

  /// Starts at an index of the slice.
  init(_ bytes: ArraySlice<UInt8>, at position: Int? = nil) {
    self.bytes = bytes
    self.position = position ?? bytes.startIndex
  }

  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, position >= bytes.startIndex, count <= bytes.endIndex - position else {
      return nil
    }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func skip(_ count: Int) -> Bool { take(count) != nil }

  mutating func bigEndian(_ count: Int) -> Int? {
    take(count)?.reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func littleEndian(_ count: Int) -> Int? {
    take(count)?.reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
