// SPDX-License-Identifier: GPL-3.0-or-later

extension WordNet {
  /// The base forms of a word, as the program `wn` finds them.
  ///
  /// Exceptions come first; then the word itself and what the rules of detachment make of it, where
  /// that is listed.
  ///
  /// - Parameters:
  ///   - word: Any spelling; capitals count as small letters.
  ///   - part: The part of speech to look in.
  /// - Returns: Without repetition; none where nothing is listed.
  ///
  /// > Source: WordNet 3.0 manual, `morphy(7WN)`.
  public func lemmas(of word: String, _ part: PartOfSpeech) -> [String] {
    let word = word.lowercased()
    var found: [String] = []
    func offer(_ form: String) {
      if !found.contains(form), contains(form, part) { found.append(form) }
    }
    for base in exceptionBases(of: word, part) { offer(base) }
    offer(word)
    // `boxesful` is the plural of `boxful`; words in -ss are no plurals.
    if part == .noun, word.hasSuffix("ful") {
      for base in lemmas(of: String(word.dropLast(3)), .noun) { offer(base + "ful") }
      return found
    }
    if part == .noun, word.hasSuffix("ss") || word.count <= 2 { return found }
    for (ending, replacement) in part.detachments where word.hasSuffix(ending) {
      offer(String(word.dropLast(ending.count)) + replacement)
    }
    return found
  }

  /// A way to understand a word: its base form and part of speech.
  public struct Reading: Sendable, Hashable {
    /// The base form, in small letters.
    public let lemma: String
    /// The part of speech.
    public let part: PartOfSpeech

    /// Joins the two.
    public init(lemma: String, part: PartOfSpeech) {
      self.lemma = lemma
      self.part = part
    }
  }

  /// The likeliest way to understand a word: the one met most often in tagged texts.
  ///
  /// Equal counts are settled by the order noun, verb, adjective, adverb, and by that of ``lemmas(of:_:)``.
  ///
  /// - Returns: Nil where the word is not listed.
  public func reading(of word: String) -> Reading? {
    var best: (reading: Reading, count: Int)?
    for part in PartOfSpeech.allCases {
      for lemma in lemmas(of: word, part) {
        let count = tagCount(of: lemma, part)
        if best.map({ count > $0.count }) ?? true {
          best = (Reading(lemma: lemma, part: part), count)
        }
      }
    }
    return best?.reading
  }
}
