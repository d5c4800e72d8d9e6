// SPDX-License-Identifier: GPL-3.0-or-later

import Language
import Records
import RobustCore
import Torch

@testable import Attacks

/// A model of two classes that adds up one number for each word: what the worst text is, is known.
struct BagOfWords: WordNetwork {
  /// What each word adds to the logit of class 1, by its id; padding adds nothing.
  let weights: Tensor
  let bias: Double

  /// Vectors of two numbers, of which the model reads the first.
  var wordVectors: Tensor {
    .concatenated([weights.reshaped([-1, 1]), weights.reshaped([-1, 1]) * 0], along: 1)
  }

  func embedded(_ ids: Tensor) -> Tensor {
    wordVectors.rows(ids.reshaped([-1])).reshaped(ids.shape + [2])
  }

  func logits(embedded: Tensor, ids: Tensor) -> Tensor {
    let sums =
      embedded.slice(0..<1, along: 2).reshaped([ids.size(0), ids.size(1)])
      .sum(along: [1], keeping: true) + bias
    return .concatenated([-sums, sums], along: 1)
  }

  func logits(_ input: Tensor) -> Tensor { logits(embedded: embedded(input), ids: input) }
}

/// Words with numbers, candidates for some of them, and texts.
struct TextWorld {
  static let numbers: [(word: String, weight: Float)] = [
    ("good", 2), ("fine", 1.2), ("nice", 0.6), ("big", 1), ("large", 0.7), ("huge", -0.5),
    ("red", 0.4), ("crimson", 0.1), ("dog", 0.3), ("hound", -0.2), ("of", 0.05),
  ]
  static let candidates: [String: [String]] = [
    "good": ["fine", "nice"], "big": ["large", "huge"], "red": ["crimson"], "dog": ["hound"],
  ]

  let network: BagOfWords
  let encoding: TextEncoding
  let rules = TextRules(.synonyms) { candidates[$0] ?? [] }

  init(bias: Double = 0, length: Int = 8) {
    let words = Self.numbers.map(\.word)
    guard let vocabulary = Vocabulary(tokenizer: .words, words: words) else {
      preconditionFailure("the words differ")
    }
    encoding = TextEncoding(vocabulary: vocabulary, length: length)
    network = BagOfWords(weights: Tensor([0, 0] + Self.numbers.map(\.weight)), bias: bias)
  }

  func batch(_ strings: [String], labels: [Int]? = nil, first: Int = 0) -> Batch {
    let texts = strings.map(Tokenizer.words.text(of:))
    return Batch(
      inputs: encoding.ids(of: texts),
      labels: Tensor(labels ?? Array(repeating: 1, count: texts.count)),
      indices: Array(first..<first + texts.count), texts: texts)
  }

  func victim(rows: Int, budget: Int? = nil) -> ModelTextVictim {
    ModelTextVictim(
      network, encoding: encoding, classes: 2, rules: rules, rows: rows, budget: budget)
  }

  func threat(_ words: Int) -> ThreatModel {
    guard let epsilon = Epsilon(String(words)) else { preconditionFailure("a number") }
    return ThreatModel(norm: .l0, epsilon: epsilon)
  }

  /// The sum of a text's numbers.
  func score(_ text: Text) -> Double {
    network.bias
      + text.words.reduce(0) { sum, word in
        sum + Double(Self.numbers.first { $0.word == word.lowercased() }?.weight ?? 0)
      }
  }

  /// Whether the model takes a text of class 1 for one of class 0; equal logits count for the first.
  func isBroken(_ text: Text) -> Bool {
    network.logits(encoding.ids(of: [text])).indexOfLargest(along: 1).elements(of: Int.self) == [0]
  }

  /// The least score of all texts with at most some words changed, found without any attack: the largest
  /// falls are added up.
  func worst(_ text: Text, words: Int) -> Double {
    let falls = text.words.map { word -> Double in
      let own = score(Tokenizer.words.text(of: word)) - network.bias
      let others = (Self.candidates[word] ?? []).map {
        score(Tokenizer.words.text(of: $0)) - network.bias
      }
      return others.map { own - $0 }.max().map { max(0, $0) } ?? 0
    }
    return score(text) - falls.sorted(by: >).prefix(words).reduce(0, +)
  }
}
