// SPDX-License-Identifier: GPL-3.0-or-later

extension WordNet {
  /// Other words for a word in its likeliest part of speech, in the form in which it stands.
  ///
  /// They are the members of every meaning of its base form, inflected as the word is and with its
  /// capitals. Synonyms of several words are left out, and so are those whose form the rules and
  /// exception lists do not tell.
  ///
  /// - Returns: Without the word itself and without repetition, those of frequent meanings first.
  public func synonyms(of word: String) -> [String] {
    guard let reading = reading(of: word) else { return [] }
    let lower = word.lowercased()
    let inflection = Inflection(of: lower, from: reading.lemma, reading.part)
    var found: [String] = []
    for synset in synsets(of: reading.lemma, reading.part) {
      for other in synset.words where !other.contains(" ") {
        let lemma = other.lowercased()
        guard lemma != reading.lemma, let form = form(of: lemma, reading.part, inflection),
          form != lower, !found.contains(form)
        else { continue }
        found.append(form)
      }
    }
    return found.map { Capitals(of: word).applied(to: $0) }
  }

  /// A base form inflected; nil where it has several such forms, where the result would not lead back to
  /// it, or where it looks like the base form itself, as the plural 'apparatus' does.
  func form(of lemma: String, _ part: PartOfSpeech, _ inflection: Inflection) -> String? {
    if inflection == .base { return lemma }
    let irregular = irregularForms(of: lemma, part).filter(inflection.admits)
    if irregular.count > 1 { return nil }
    let form = irregular.first ?? inflection.regularForm(of: lemma)
    return form != lemma && lemmas(of: form, part).contains(lemma) ? form : nil
  }
}

/// How a word is written in capitals.
private enum Capitals {
  case none
  case first
  case all

  init(of word: String) {
    guard let first = word.first, first.isUppercase else {
      self = .none
      return
    }
    self = word.count > 1 && word == word.uppercased() ? .all : .first
  }

  func applied(to word: String) -> String {
    switch self {
    case .none: word
    case .first: word.prefix(1).uppercased() + word.dropFirst()
    case .all: word.uppercased()
    }
  }
}
