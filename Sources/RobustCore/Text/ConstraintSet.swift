// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// What an attacker may write in the place of a word; how many words, epsilon says.
///
/// All attacks of an evaluation obey one set, so that their numbers can be compared.
public enum ConstraintSet: String, Codable, Sendable, CaseIterable {
  /// Words of the same meaning.
  case synonyms
  /// Words with a slip of the keyboard.
  case misspellings
  /// Words with letters of other scripts that look the same.
  case lookAlikes = "look-alikes"

  /// The constraints in words, as reports print them: name first.
  public var statements: [String] {
    [ThreatModel.setName + rawValue] + own + [
      "stop words untouched", "no word changed twice", "separators and the number of words kept",
    ]
  }

  private var own: [String] {
    switch self {
    case .synonyms:
      ["WordNet synonyms of single words", "part of speech, inflection and capitals kept"]
    case .misspellings:
      ["one letter swapped, left out, doubled or hit beside its key", "edit distance 1"]
    case .lookAlikes: ["letters replaced by look-alikes of other scripts"]
    }
  }
}

extension ConstraintSet: CustomStringConvertible {
  /// The name.
  public var description: String { rawValue }
}
