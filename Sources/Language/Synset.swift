// SPDX-License-Identifier: GPL-3.0-or-later

/// A set of synonyms with their meaning: one line of a WordNet data file.
public struct Synset: Sendable, Hashable {
  /// The place of the line in its file, by which the set is known.
  public let offset: Int
  /// The number of the lexicographers' file, 3 to 28 for nouns.
  public let file: Int
  /// The synonyms, with spaces between the words of one, without the markers of adjectives.
  public let words: [String]
  /// The meaning, and examples of its use in quotes.
  public let gloss: String

  /// Reads a line.
  ///
  /// - Returns: Nil where it is not one of a data file.
  public init?(line: Substring) {
    let parts = line.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
    let fields = parts[0].split(separator: " ")
    guard parts.count == 2, fields.count > 4, let offset = Int(fields[0]),
      let file = Int(fields[1]), let count = Int(fields[3], radix: 16), count > 0,
      fields.count > 4 + 2 * count
    else { return nil }
    self.offset = offset
    self.file = file
    words = (0..<count).map { Self.spelling(of: fields[4 + 2 * $0]) }
    gloss = String(parts[1]).trimmingSpaces
  }

  /// The meaning alone; see ``definition(of:)``.
  public var definition: String { Self.definition(of: gloss) }

  /// The meaning alone of a gloss: what stands before the first example.
  ///
  /// An example is in quotes and begins after a semicolon; quotes inside a meaning, as of a term, are kept.
  ///
  /// - Returns: Without spaces at its ends.
  public static func definition(of gloss: String) -> String {
    let bytes = gloss.utf8
    // An example may also be all that there is.
    var end = bytes.startIndex
    var follows = true
    for index in bytes.indices {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\""), follows { return String(gloss[..<end]).trimmingSpaces }
      if byte == UInt8(ascii: ";") {
        (end, follows) = (index, true)
      } else if byte != UInt8(ascii: " ") {
        follows = false
      }
    }
    return gloss.trimmingSpaces
  }

  // Adjectives carry where they may stand, as in `galore(ip)`.
  private static func spelling(of field: Substring) -> String {
    let bare = field.hasSuffix(")") ? field.prefix { $0 != "(" } : field
    return String(bare.map { $0 == "_" ? " " : $0 })
  }
}

extension String {
  /// The string without spaces at its ends.
  fileprivate var trimmingSpaces: String {
    guard let first = firstIndex(where: { $0 != " " }),
      let last = lastIndex(where: { $0 != " " })
    else { return "" }
    return String(self[first...last])
  }
}
