// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import Language
import Models
import Records
import RobustCore

/// A data set as models read it, and what a report says of it.
struct LoadedData {
  let record: DatasetRecord
  let train: Examples?
  let test: Examples
  /// What models are made for.
  let description: InputDescription
  /// How texts are read and what may be written in them; nil for images.
  let texts: TextSetting?

  /// Turns images into tensors and texts into ids.
  ///
  /// - Parameters:
  ///   - data: The data set.
  ///   - constraints: What attacks on texts may write; nil for images.
  ///   - words: The words that model files know; nil where the training texts tell them.
  /// - Throws: `LanguageError` where the constraints need WordNet and it cannot be read.
  init(_ data: AnyDataset, obeying constraints: ConstraintSet?, words: Vocabulary?) throws {
    let classes = data.classes.count
    switch data {
    case .images(let images):
      record = DatasetRecord(images)
      test = Examples(images.test, classes: classes)
      train = images.train.map { Examples($0, classes: classes) }
      description = InputDescription(train ?? test, classes)
      texts = nil
    case .texts(let data):
      let setting = try TextSetting(data, obeying: constraints ?? .synonyms, words: words)
      record = DatasetRecord(data, setting.encoding)
      test = Examples(data.test, encoding: setting.encoding, classes: classes)
      train = Examples(data.train, encoding: setting.encoding, classes: classes)
      description = InputDescription(
        words: setting.encoding.vocabulary.size, length: setting.encoding.length, classes: classes)
      texts = setting
    }
  }
}

extension AnyDataset {
  /// Whether its examples are texts.
  var holdsTexts: Bool {
    switch self {
    case .images: false
    case .texts: true
    }
  }
}

extension DatasetRecord {
  /// What a report says of a data set of texts.
  init(_ data: TextDataset, _ encoding: TextEncoding) {
    self.init(
      name: data.name, sha256: data.sha256, examples: data.test.count,
      classes: data.classes.count, classNames: data.classes, inputShape: [encoding.length],
      inputRange: 0...Double(encoding.vocabulary.size - 1))
    classCounts = data.test.counts(classes: data.classes.count)
  }
}

extension ConstraintSet {
  /// The set that all attacks on texts obey; nil where they are none.
  ///
  /// - Throws: ``ExperimentError`` with code `mixedConstraints` where they obey different ones.
  init?(of attacks: [ResolvedExperiment.ResolvedAttack]) throws {
    guard let first = attacks.first(where: { $0.constraints != nil }),
      let set = first.constraints
    else { return nil }
    if let other = attacks.first(where: { $0.constraints != set }) {
      throw ExperimentError(
        .mixedConstraints, subject: "attack '\(other.specification)'",
        detail: "it obeys the constraint set \(other.constraints?.rawValue ?? "of images"),"
          + " '\(first.specification)' obeys \(set)",
        remedy: "run them apart, so that every number belongs to one threat model")
    }
    self = set
  }
}
