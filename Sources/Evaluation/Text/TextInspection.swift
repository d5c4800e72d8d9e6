// SPDX-License-Identifier: GPL-3.0-or-later

import Language
import Records
import RobustCore

/// Holds texts that an attack returned against the constraints, by code that no attack uses.
///
/// Row 18 of the checks. Attacks take their words from lists of candidates; here nothing is listed: a
/// changed word is looked up by itself, and must lead back to the one in whose place it stands.
struct TextInspection: Sendable {
  let set: ConstraintSet
  let tokenizer: Tokenizer
  /// Needed for synonyms alone.
  let wordNet: WordNet?

  /// What is wrong with a text, in words; nil where it is allowed.
  func fault(_ text: Text, original: Text, within epsilon: Epsilon?) -> String? {
    // What counts is the text as it is sent, and that is one string.
    let read = tokenizer.text(of: text.joined)
    guard read == text else { return "a text that is read as other words than it was made of" }
    guard read.separators == original.separators else {
      return "a text with other separators or another number of words"
    }
    let changed = zip(original.words, read.words).filter { $0 != $1 }
    if let epsilon, Double(changed.count) > epsilon.value {
      return "a text with \(changed.count) changed words, allowed are \(epsilon.text)"
    }
    for (old, new) in changed {
      if StopWords.english.contains(old) { return "a changed stop word, '\(old)' to '\(new)'" }
      if !isAllowed(new, for: old) { return "'\(new)' for '\(old)', which is no \(set.member)" }
    }
    return nil
  }

  /// The number of changed words.
  func distance(_ text: Text, original: Text) -> Double {
    Double(zip(original.words, text.words).count { $0 != $1 })
  }

  private func isAllowed(_ new: String, for old: String) -> Bool {
    switch set {
    case .synonyms: areSynonyms(old, new)
    case .misspellings: EditDistance.between(Array(old), Array(new)) == 1
    case .lookAlikes: LookAlikes.skeleton(of: new) == LookAlikes.skeleton(of: old)
    }
  }

  /// Whether both begin with a capital or neither does; a digit is both, as in '2' for 'II'.
  private func beginAlike(_ old: String, _ new: String) -> Bool {
    guard let first = old.first, let other = new.first, other.isCased else { return true }
    return first.isUppercase == other.isUppercase
  }

  /// Whether two words share a meaning in the first one's part of speech, and are inflected alike.
  private func areSynonyms(_ old: String, _ new: String) -> Bool {
    guard let wordNet, let reading = wordNet.reading(of: old), beginAlike(old, new)
    else { return false }
    let isBase = old.lowercased() == reading.lemma
    return wordNet.lemmas(of: new, reading.part).contains { lemma in
      (new.lowercased() == lemma) == isBase
        && wordNet.synsets(of: lemma, reading.part).contains { synset in
          synset.words.contains { $0.lowercased() == reading.lemma }
        }
    }
  }
}

extension ConstraintSet {
  /// What one of its words is called.
  fileprivate var member: String {
    switch self {
    case .synonyms: "synonym in the same form"
    case .misspellings: "misspelling by one slip"
    case .lookAlikes: "look-alike"
    }
  }
}

/// The least number of insertions, deletions, substitutions and swaps of neighbours.
///
/// > Source: Damerau. "A technique for computer detection and correction of spelling errors."
/// > Communications of the ACM 7 (1964) 171-176; in the form where no part is edited twice.
enum EditDistance {
  static func between(_ first: [Character], _ second: [Character]) -> Int {
    var rows = [Array(0...second.count)]
    for (i, letter) in first.enumerated() {
      var row = [i + 1]
      for (j, other) in second.enumerated() {
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (letter == other ? 0 : 1))
        if i > 0, j > 0, letter == second[j - 1], other == first[i - 1] {
          best = min(best, rows[i - 1][j - 1] + 1)
        }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[first.count][second.count]
  }
}
