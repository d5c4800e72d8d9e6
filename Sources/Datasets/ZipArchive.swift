// SPDX-License-Identifier: GPL-3.0-or-later

import CZlib

/// The entries of a zip archive, stored or deflated.
///
/// > Source: PKWARE, ".ZIP File Format Specification" (APPNOTE.TXT) 6.3.10, sections 4.3 to 4.5.
struct ZipArchive {
  struct Entry {
    let name: String
    let method: Int
    let flags: Int
    let checksum: Int
    let packedSize: Int
    let size: Int
    let offset: Int
  }

  let entries: [Entry]
  let subject: String
  private let bytes: [UInt8]

  /// Reads the central directory.
  init(_ bytes: [UInt8], subject: String) throws(DatasetError) {
    self.bytes = bytes
    self.subject = subject
    guard bytes.starts(with: Array("PK".utf8)) else {
      throw DatasetError(.wrongMagic, subject, "does not start with PK, as a zip archive does")
    }
    guard var end = Self.endRecord(of: bytes), end.skip(10), let count = end.littleEndian(2),
      let size = end.littleEndian(4), let offset = end.littleEndian(4)
    else { throw DatasetError(.truncated, subject, "the zip archive has no directory at its end") }
    guard offset < 0xFFFF_FFFF, count < 0xFFFF else { throw Self.zip64(subject) }
    var cursor = ByteCursor(bytes[...], at: offset)
    var entries: [Entry] = []
    for _ in 0..<count {
      guard let entry = Self.entry(&cursor), cursor.position <= offset + size else {
        throw DatasetError(.corrupt, subject, "the zip archive's directory is damaged")
      }
      guard entry.packedSize < 0xFFFF_FFFF, entry.size < 0xFFFF_FFFF, entry.offset < 0xFFFF_FFFF
      else { throw Self.zip64(subject) }
      entries.append(entry)
    }
    self.entries = entries
  }

  /// Unpacks an entry and checks its size and checksum.
  func read(_ entry: Entry) throws(DatasetError) -> [UInt8] {
    let place = "\(subject):\(entry.name)"
    guard entry.flags & 1 == 0 else {
      throw DatasetError(.unsupported, place, "the entry is encrypted")
    }
    guard entry.size <= FileBytes.maximum,
      entry.size / Inflater.largestRatio <= entry.packedSize
    else {
      throw DatasetError(
        .headerTooLarge, place, "\(entry.packedSize) bytes that promise to become \(entry.size)")
    }
    let content = try unpacked(entry, packed: try packed(entry, place: place), place: place)
    guard content.count == entry.size else {
      throw DatasetError(
        .corrupt, place, "unpacks to \(content.count) bytes, the directory says \(entry.size)")
    }
    guard crc32_z(0, content, content.count) == UInt(entry.checksum) else {
      throw DatasetError(.checksumMismatch, place, "the checksum in the zip archive does not match")
    }
    return content
  }

  private func packed(_ entry: Entry, place: String) throws(DatasetError) -> ArraySlice<UInt8> {
    var cursor = ByteCursor(bytes[...], at: entry.offset)
    guard cursor.littleEndian(4) == 0x0403_4B50, cursor.skip(22),
      let nameLength = cursor.littleEndian(2), let extraLength = cursor.littleEndian(2),
      cursor.skip(nameLength + extraLength), let packed = cursor.take(entry.packedSize)
    else { throw DatasetError(.corrupt, place, "the entry lies outside the zip archive") }
    return packed
  }

  private func unpacked(
    _ entry: Entry, packed: ArraySlice<UInt8>, place: String
  ) throws(DatasetError) -> [UInt8] {
    switch entry.method {
    case 0: return Array(packed)
    case 8:
      // One byte more than promised, so that longer data is noticed.
      let (content, end) = Inflater.inflate(packed, .raw, capacity: entry.size + 1)
      switch end {
      case .finished, .full: return content
      case .truncated: throw DatasetError(.truncated, place, "the deflated data ends too early")
      case .corrupt: throw DatasetError(.corrupt, place, "the deflated data is damaged")
      }
    default:
      throw DatasetError(
        .unsupported, place, "compression method \(entry.method), expected stored or deflated")
    }
  }

  // The record stands at the very end, followed by a comment of at most 65,535 bytes.
  private static func endRecord(of bytes: [UInt8]) -> ByteCursor? {
    let length = 22
    var start = bytes.count - length
    while start >= 0, start >= bytes.count - length - 0xFFFF {
      if bytes[start] == 0x50, bytes[start + 1] == 0x4B, bytes[start + 2] == 5,
        bytes[start + 3] == 6
      {
        return ByteCursor(bytes[...], at: start)
      }
      start -= 1
    }
    return nil
  }

  private static func entry(_ cursor: inout ByteCursor) -> Entry? {
    guard cursor.littleEndian(4) == 0x0201_4B50, cursor.skip(4),
      let flags = cursor.littleEndian(2), let method = cursor.littleEndian(2), cursor.skip(4),
      let checksum = cursor.littleEndian(4), let packedSize = cursor.littleEndian(4),
      let size = cursor.littleEndian(4), let nameLength = cursor.littleEndian(2),
      let extraLength = cursor.littleEndian(2), let commentLength = cursor.littleEndian(2),
      cursor.skip(8), let offset = cursor.littleEndian(4), let name = cursor.take(nameLength),
      cursor.skip(extraLength + commentLength)
    else { return nil }
    return Entry(
      name: String(decoding: name, as: UTF8.self), method: method, flags: flags,
      checksum: checksum, packedSize: packedSize, size: size, offset: offset)
  }

  private static func zip64(_ subject: String) -> DatasetError {
    DatasetError(
      .unsupported, subject, "a zip64 archive; entries above 4 GiB are not read",
      remedy: "save fewer examples, or as uint8")
  }
}
