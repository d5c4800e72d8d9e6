// SPDX-License-Identifier: GPL-3.0-or-later

import Synchronization

/// The words that may stand for another one: WordNet's synonyms, under fixed constraints.
///
/// A word has the same candidates wherever it stands, so that what an attacker may do to a text is a
/// product of sets, one for each position. Stop words have none. A candidate is one word of the
/// tokenizer, so that no change can hide in the borders of words. Answers are kept.
public final class Synonyms: Sendable {
  private let wordNet: WordNet
  private let stopWords: StopWords
  private let tokenizer: Tokenizer
  private let known = Mutex<[String: [String]]>([:])

  /// Draws candidates from a dictionary, for texts that are taken apart in a way.
  public init(
    _ wordNet: WordNet, stopWords: StopWords = .english, tokenizer: Tokenizer = .words
  ) {
    self.wordNet = wordNet
    self.stopWords = stopWords
    self.tokenizer = tokenizer
  }

  /// What may stand for a word, itself not included; always in the same order.
  public func candidates(for word: String) -> [String] {
    if let answer = known.withLock({ $0[word] }) { return answer }
    let answer =
      stopWords.contains(word)
      ? [] : wordNet.synonyms(of: word).filter(tokenizer.isOneWord)
    known.withLock { $0[word] = answer }
    return answer
  }

  /// What may stand at each position of a text.
  public func candidates(for text: Text) -> [[String]] { text.words.map(candidates) }
}
