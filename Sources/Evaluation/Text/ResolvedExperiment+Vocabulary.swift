// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import Language
import Records

extension ResolvedExperiment {
  /// The words that the model files of a run know, all of them the same.
  ///
  /// A run has one encoding, since every number in it belongs to the same texts: models that number words
  /// differently are refused.
  ///
  /// - Returns: nil for images, and for native models, which learn the words of the training texts.
  /// - Throws: ``ExperimentError`` with code `senselessVocabulary`, `missingVocabulary` or
  ///   `mixedVocabularies`; `DatasetError` where a list cannot be read.
  static func vocabulary(of experiment: Experiment, for dataset: AnyDataset) throws -> Vocabulary? {
    guard case .texts(let data) = dataset else {
      try refuseStated(experiment, "\(dataset.name) holds images")
      return nil
    }
    let files = experiment.models.filter(\.isFile)
    if let native = experiment.models.first(where: { !$0.isFile }) {
      try refuseStated(experiment, "\(native) learns the words of the training texts")
      guard let file = files.first else { return nil }
      throw ExperimentError(
        .mixedVocabularies, subject: "--model \(native)",
        detail: "it learns the words of the training texts, and \(file) has a list of its own",
        remedy: "run them apart")
    }
    var first: (path: String, vocabulary: Vocabulary)?
    for file in files {
      let path = try list(of: file, experiment)
      let vocabulary = try VocabularyFile.read(path, tokenizer: data.tokenizer)
      guard let known = first else {
        first = (path, vocabulary)
        continue
      }
      guard known.vocabulary == vocabulary else {
        throw ExperimentError(
          .mixedVocabularies, subject: "--model \(file)",
          detail: "its words in \(path) have other ids than those in \(known.path)",
          remedy: "run them apart, or give one list for all by --vocabulary FILE")
      }
    }
    return first?.vocabulary
  }

  private static func list(of model: ModelSource, _ experiment: Experiment) throws -> String {
    if let path = experiment.vocabulary ?? VocabularyFile.beside(model: model.description) {
      return path
    }
    throw ExperimentError(
      .missingVocabulary, subject: "--model \(model)",
      detail: "nothing tells which words its ids stand for",
      remedy: "name the list by --vocabulary FILE, or put vocabulary.json beside the model")
  }

  private static func refuseStated(_ experiment: Experiment, _ reason: String) throws {
    guard let path = experiment.vocabulary else { return }
    throw ExperimentError(
      .senselessVocabulary, subject: "--vocabulary \(path)", detail: reason,
      remedy: "leave the option out, or give a TorchScript model of texts")
  }
}
