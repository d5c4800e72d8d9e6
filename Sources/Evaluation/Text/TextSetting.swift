// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import Language
import RobustCore
import Torch

/// How the texts of a run are read by models, what may be written in them, and how that is checked.
struct TextSetting: Sendable {
  /// The most words of a text that a model looks at; few texts have more.
  private static let longest = 256

  /// The vocabulary of the training texts or of a model file, and the length of the longest training text.
  let encoding: TextEncoding
  /// What attacks may write.
  let rules: TextRules
  /// What holds their texts against the rules.
  let inspection: TextInspection

  /// Learns the vocabulary of training texts where none is given, and opens what the constraints need.
  ///
  /// - Throws: `LanguageError` where WordNet is needed and cannot be read.
  init(_ data: TextDataset, obeying set: ConstraintSet, words: Vocabulary? = nil) throws {
    let longest = data.train.texts.reduce(1) { max($0, $1.words.count) }
    encoding = TextEncoding(
      vocabulary: words ?? Vocabulary(of: data.train.texts, tokenizer: data.tokenizer),
      length: min(longest, Self.longest))
    let wordNet = set == .synonyms ? try WordNet() : nil
    rules =
      switch set {
      case .synonyms:
        wordNet.map { .synonyms(Synonyms($0, tokenizer: data.tokenizer)) }
          ?? TextRules(set) { _ in [] }
      case .misspellings: .misspellings
      case .lookAlikes: .lookAlikes
      }
    inspection = TextInspection(set: set, tokenizer: data.tokenizer, wordNet: wordNet)
  }

  /// Joins parts that were made before.
  init(encoding: TextEncoding, rules: TextRules, inspection: TextInspection) {
    self.encoding = encoding
    self.rules = rules
    self.inspection = inspection
  }
}

extension Examples {
  /// Encodes texts, and keeps them.
  init(_ texts: TextExamples, encoding: TextEncoding, classes: Int) {
    self.init(
      inputs: encoding.ids(of: texts.texts), labels: Tensor(texts.labels), classes: classes,
      inputRange: 0...Double(encoding.vocabulary.size - 1), texts: texts.texts)
  }
}
