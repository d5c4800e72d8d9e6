// SPDX-License-Identifier: GPL-3.0-or-later

/// The four kinds of words that WordNet holds.
public enum PartOfSpeech: String, Sendable, CaseIterable, Codable {
  /// A name of things.
  case noun
  /// What is done.
  case verb
  /// A property of things; satellite adjectives too.
  case adjective = "adj"
  /// A property of what is done.
  case adverb = "adv"

  /// The digits that stand for it in sense keys; satellite adjectives have their own.
  var senseDigits: [UInt8] {
    switch self {
    case .noun: [UInt8(ascii: "1")]
    case .verb: [UInt8(ascii: "2")]
    case .adjective: [UInt8(ascii: "3"), UInt8(ascii: "5")]
    case .adverb: [UInt8(ascii: "4")]
    }
  }

  /// Endings of inflected words and those of the words that they may come from.
  ///
  /// > Source: WordNet 3.0 manual, `morphy(7WN)`, rules of detachment.
  var detachments: [(ending: String, replacement: String)] {
    switch self {
    case .noun:
      [
        ("s", ""), ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"),
        ("men", "man"), ("ies", "y"),
      ]
    case .verb:
      [
        ("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"),
        ("ing", ""),
      ]
    case .adjective: [("er", ""), ("est", ""), ("er", "e"), ("est", "e")]
    case .adverb: []
    }
  }
}
