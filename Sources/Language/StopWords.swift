// SPDX-License-Identifier: GPL-3.0-or-later

/// Words that carry grammar rather than meaning; attacks on words leave them as they are.
public struct StopWords: Sendable, Hashable {
  /// English articles, pronouns, prepositions, conjunctions and auxiliary verbs.
  public static let english = StopWords(
    String(decoding: PackageResources.stop_words_txt, as: UTF8.self)
      .split(whereSeparator: \.isWhitespace).map(String.init))

  private let words: Set<String>

  /// Lists words, in small letters.
  public init(_ words: [String]) { self.words = Set(words) }

  /// How many there are.
  public var count: Int { words.count }

  /// Whether a word, in any spelling of capitals, is one.
  public func contains(_ word: String) -> Bool {
    words.contains(word) || words.contains(word.lowercased())
  }
}
