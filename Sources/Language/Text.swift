// SPDX-License-Identifier: GPL-3.0-or-later

/// A text taken apart into words and what lies between them, so that it can be joined again exactly.
public struct Text: Sendable, Hashable, Codable {
  /// The words as they are spelt in the text.
  public private(set) var words: [String]
  /// What stands before, between and after the words; one more than there are words.
  public let separators: [String]

  /// Joins words and separators.
  ///
  /// - Precondition: There is one separator more than there are words.
  public init(words: [String], separators: [String]) {
    precondition(separators.count == words.count + 1, "a separator stands around each word")
    self.words = words
    self.separators = separators
  }

  /// The text as one string, every character as it was read.
  public var joined: String {
    zip(separators, words).map { $0 + $1 }.joined() + (separators.last ?? "")
  }

  /// The text with another word at a position; the separators stay.
  public func replacing(_ position: Int, with word: String) -> Text {
    var copy = self
    copy.words[position] = word
    return copy
  }

  /// The text without a word, and without what stands behind it.
  public func removing(_ position: Int) -> Text {
    var (words, separators) = (words, separators)
    words.remove(at: position)
    separators.remove(at: position + 1)
    return Text(words: words, separators: separators)
  }

  /// The positions at which another text has another word, in rising order.
  ///
  /// - Returns: Nil where the texts differ in more than words: in their count or their separators.
  public func changes(to other: Text) -> [Int]? {
    guard words.count == other.words.count, separators == other.separators else { return nil }
    return words.indices.filter { words[$0] != other.words[$0] }
  }
}
