// SPDX-License-Identifier: GPL-3.0-or-later

import Hashing

/// The words that a model knows, each with its number.
///
/// Number 0 fills the end of a short text, number 1 stands for every word that is not known.
public struct Vocabulary: Sendable, Hashable {
  /// The number that fills the end of a short text.
  public static let padding: Int64 = 0
  /// The number of every word that is not known.
  public static let unknown: Int64 = 1

  /// How the texts were taken apart.
  public let tokenizer: Tokenizer
  /// The known words; the number of each is its place plus two.
  public let words: [String]
  private let numbers: [String: Int64]

  /// Numbers known words.
  ///
  /// - Returns: Nil where a word occurs twice or is not in the form of ``Tokenizer/key(of:)``.
  public init?(tokenizer: Tokenizer, words: [String]) {
    var numbers: [String: Int64] = [:]
    numbers.reserveCapacity(words.count)
    for (place, word) in words.enumerated() {
      guard tokenizer.key(of: word) == word, numbers[word] == nil else { return nil }
      numbers[word] = Int64(place) + 2
    }
    self.tokenizer = tokenizer
    self.words = words
    self.numbers = numbers
  }

  /// Takes the words of texts, the most frequent first and equally frequent ones by their spelling.
  ///
  /// - Parameters:
  ///   - texts: Texts to train on, never those to judge by.
  ///   - tokenizer: How they were taken apart.
  ///   - minimumCount: How often a word occurs at least.
  ///   - maximumSize: The most numbers, padding and unknown included; at least two.
  public init(
    of texts: [Text], tokenizer: Tokenizer, minimumCount: Int = 2, maximumSize: Int = 30_000
  ) {
    precondition(maximumSize >= 2, "padding and unknown take two numbers")
    var counts: [String: Int] = [:]
    for text in texts {
      for word in text.words { counts[tokenizer.key(of: word), default: 0] += 1 }
    }
    let known = counts.filter { $0.value >= minimumCount }.sorted {
      $0.value != $1.value
        ? $0.value > $1.value : $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
    }
    self.tokenizer = tokenizer
    words = known.prefix(maximumSize - 2).map(\.key)
    numbers = Dictionary(
      uniqueKeysWithValues: words.enumerated().map { ($1, Int64($0) + 2) })
  }

  /// How many numbers there are, padding and unknown included.
  public var size: Int { words.count + 2 }

  /// The number of a word as it is spelt in a text.
  public func number(of word: String) -> Int64 {
    numbers[word] ?? numbers[tokenizer.key(of: word)] ?? Self.unknown
  }

  /// The word of a number; nil for padding, unknown and numbers out of range.
  public func word(of number: Int64) -> String? {
    let place = Int(number) - 2
    return words.indices.contains(place) ? words[place] : nil
  }

  /// The numbers of the words of texts, row by row.
  ///
  /// - Parameters:
  ///   - texts: What to encode.
  ///   - length: The numbers of one row; longer texts lose their end, shorter ones are filled up.
  /// - Returns: `texts.count × length` numbers.
  public func encode(_ texts: [Text], length: Int) -> [Int64] {
    var rows = [Int64](repeating: Self.padding, count: texts.count * length)
    for (row, text) in texts.enumerated() {
      for (column, word) in text.words.prefix(length).enumerated() {
        rows[row * length + column] = number(of: word)
      }
    }
    return rows
  }

  /// A digest of tokenizer and words in their order, 64 hexadecimal digits.
  public var digest: String {
    SHA256.hex(of: ([tokenizer.rawValue] + words).joined(separator: "\n"))
  }
}

extension Vocabulary: Codable {
  private enum CodingKeys: CodingKey {
    case tokenizer, words
  }

  /// Reads tokenizer and words.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let tokenizer = try container.decode(Tokenizer.self, forKey: .tokenizer)
    let words = try container.decode([String].self, forKey: .words)
    guard let vocabulary = Vocabulary(tokenizer: tokenizer, words: words) else {
      throw DecodingError.dataCorruptedError(
        forKey: .words, in: container,
        debugDescription: "a word occurs twice or is not written in small letters")
    }
    self = vocabulary
  }

  /// Writes tokenizer and words.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(tokenizer, forKey: .tokenizer)
    try container.encode(words, forKey: .words)
  }
}
