// SPDX-License-Identifier: GPL-3.0-or-later

/// What was done to a base form to make a word of it.
enum Inflection: Sendable, Hashable {
  /// Nothing.
  case base
  /// The plural of a noun.
  case plural
  /// The third person of a verb, in -s.
  case thirdPerson
  /// The past or the past participle of a verb.
  case past
  /// The participle of a verb in -ing.
  case present
  /// A comparative.
  case comparative
  /// A superlative.
  case superlative

  /// The inflection that leads from a base form to a word.
  init(of word: String, from lemma: String, _ part: PartOfSpeech) {
    if word == lemma {
      self = .base
      return
    }
    switch part {
    case .noun: self = .plural
    case .verb:
      self = word.hasSuffix("ing") ? .present : word.hasSuffix("s") ? .thirdPerson : .past
    case .adjective, .adverb: self = word.hasSuffix("t") ? .superlative : .comparative
    }
  }

  /// Whether a form of the exception lists is of this kind, as far as its ending shows.
  func admits(irregular form: String) -> Bool {
    switch self {
    case .base: false
    case .plural: true
    case .thirdPerson: form.hasSuffix("s")
    case .present: form.hasSuffix("ing")
    case .past: !form.hasSuffix("ing") && !form.hasSuffix("s")
    case .comparative: form.hasSuffix("r")
    case .superlative: form.hasSuffix("st")
    }
  }

  /// The regular form of a base form.
  func regularForm(of lemma: String) -> String {
    switch self {
    case .base: lemma
    case .plural, .thirdPerson: Self.withS(lemma)
    case .past: Self.joined(lemma, "ed")
    case .present:
      if lemma.hasSuffix("ie") {
        lemma.dropLast(2) + "ying"
      } else if lemma.hasSuffix("e"), !["ee", "oe", "ye"].contains(where: lemma.hasSuffix) {
        lemma.dropLast() + "ing"
      } else {
        lemma + "ing"
      }
    case .comparative: Self.joined(lemma, "er")
    case .superlative: Self.joined(lemma, "est")
    }
  }

  private static func withS(_ lemma: String) -> String {
    if ["s", "x", "z", "ch", "sh"].contains(where: lemma.hasSuffix) { return lemma + "es" }
    return endsInConsonantY(lemma) ? lemma.dropLast() + "ies" : lemma + "s"
  }

  // An ending that begins with e: it is not doubled, and y after a consonant turns into i.
  private static func joined(_ lemma: String, _ ending: String) -> String {
    if lemma.hasSuffix("e") { return lemma + ending.dropFirst() }
    return endsInConsonantY(lemma) ? lemma.dropLast() + "i" + ending : lemma + ending
  }

  private static func endsInConsonantY(_ lemma: String) -> Bool {
    guard lemma.hasSuffix("y"), let before = lemma.dropLast().last else { return false }
    return !"aeiou".contains(before)
  }
}
