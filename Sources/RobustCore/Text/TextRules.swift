// SPDX-License-Identifier: GPL-3.0-or-later

public import Language

/// A constraint set together with what it allows for each word.
///
/// The words that may stand at a position depend on the word that stands there, and on nothing else: what
/// an attacker may write is a product of sets, of which at most epsilon positions differ from the text.
public struct TextRules: Sendable {
  /// The constraints.
  public let set: ConstraintSet
  private let source: @Sendable (String) -> [String]

  /// Joins a set and where its words come from.
  ///
  /// - Parameters:
  ///   - set: The constraints.
  ///   - source: What may stand for a word, itself not included; the same answer every time.
  public init(_ set: ConstraintSet, source: @escaping @Sendable (String) -> [String]) {
    self.set = set
    self.source = source
  }

  /// Synonyms, as a dictionary tells them.
  public static func synonyms(_ synonyms: Synonyms) -> TextRules {
    TextRules(.synonyms) { synonyms.candidates(for: $0) }
  }

  /// Words with one slip of the keyboard.
  public static let misspellings = TextRules(.misspellings) { Misspellings.candidates(for: $0) }

  /// Words with look-alike letters.
  public static let lookAlikes = TextRules(.lookAlikes) { LookAlikes.candidates(for: $0) }

  /// What may stand for a word.
  public func candidates(for word: String) -> [String] { source(word) }

  /// What may stand at each position of a text.
  public func candidates(for text: Text) -> [[String]] { text.words.map(source) }
}
