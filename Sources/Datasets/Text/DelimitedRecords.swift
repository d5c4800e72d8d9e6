// SPDX-License-Identifier: GPL-3.0-or-later

/// The records of comma or tab separated values, one after the other.
///
/// Lines end in LF or CRLF. With quotes, a field may stand in `"`, which is doubled inside, and may then
/// hold separators and line ends. Blank lines are passed over.
///
/// > Source: Shafranovich. "Common Format and MIME Type for Comma-Separated Values (CSV) Files." RFC 4180,
/// > 2005, section 2.
struct DelimitedRecords {
  /// The most bytes of a record.
  static let longest = 1 << 20
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let quote = UInt8(ascii: "\"")

  /// One record and the line it begins on, from one.
  struct Record: Equatable {
    let line: Int
    let fields: [String]
  }

  private let bytes: ArraySlice<UInt8>
  private let separator: UInt8
  private let quotes: Bool
  private let path: String
  private var place: Int
  private var line = 1

  init(_ bytes: ArraySlice<UInt8>, separator: UInt8, quotes: Bool, path: String) {
    self.bytes = bytes
    self.separator = separator
    self.quotes = quotes
    self.path = path
    place = bytes.startIndex
  }

  /// Refuses a record that is no text for people.
  static func checkLength(_ count: Int, _ place: String) throws(DatasetError) {
    guard count <= longest else {
      throw DatasetError(
        .headerTooLarge, place, "a record of \(count) bytes, at most \(longest) are read",
        remedy: "shorten the text, or close the quote that it opens with")
    }
  }

  /// The next record; nil at the end.
  mutating func next() throws(DatasetError) -> Record? {
    while place < bytes.endIndex, isLineEnd(place) { skipLineEnd() }
    guard place < bytes.endIndex else { return nil }
    let (start, first) = (place, line)
    var fields: [String] = []
    while true {
      let isQuoted = quotes && place < bytes.endIndex && bytes[place] == Self.quote
      fields.append(isQuoted ? try quotedField(first) : plainField())
      if place < bytes.endIndex, bytes[place] == separator {
        place += 1
        continue
      }
      try Self.checkLength(place - start, "\(path):\(first)")
      guard place == bytes.endIndex || isLineEnd(place) else {
        throw DatasetError(
          .corrupt, "\(path):\(line)", "something stands behind a closing quote",
          remedy: "double quotes that belong to the text")
      }
      if place < bytes.endIndex { skipLineEnd() }
      return Record(line: first, fields: fields)
    }
  }

  private func isLineEnd(_ place: Int) -> Bool {
    bytes[place] == Self.newline
      || bytes[place] == Self.carriageReturn
        && (place + 1 == bytes.endIndex || bytes[place + 1] == Self.newline)
  }

  private mutating func skipLineEnd() {
    place += bytes[place] == Self.newline || place + 1 == bytes.endIndex ? 1 : 2
    line += 1
  }

  private mutating func plainField() -> String {
    let start = place
    while place < bytes.endIndex, bytes[place] != separator, !isLineEnd(place) { place += 1 }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func quotedField(_ first: Int) throws(DatasetError) -> String {
    var content: [UInt8] = []
    place += 1
    while place < bytes.endIndex {
      let byte = bytes[place]
      place += 1
      if byte == Self.quote {
        guard place < bytes.endIndex, bytes[place] == Self.quote else {
          return String(decoding: content, as: UTF8.self)
        }
        place += 1
      } else if byte == Self.newline {
        line += 1
      }
      content.append(byte)
    }
    // A quote that nobody closes swallows the rest of the file, however long.
    throw DatasetError(
      .corrupt, "\(path):\(first)", "a quote is opened and never closed",
      remedy: "close it, and double quotes that belong to the text")
  }
}
