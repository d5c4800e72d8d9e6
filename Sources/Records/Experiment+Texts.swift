// SPDX-License-Identifier: GPL-3.0-or-later

extension Experiment {
  /// The experiment in which nothing but the data set is stated.
  ///
  /// Texts are other inputs than images: words change instead of pixels, and the models read words.
  public init(dataset: String) {
    self.init()
    self.dataset = dataset
    guard Experiment.namesTexts(dataset) else { return }
    models = [.architecture(Specification(named: "text-cnn"))]
    trainings = ["standard", "synonyms"].map { Specification(named: $0) }
    norm = .l0
    epsilons = [Epsilon("3")].compactMap(\.self)
    examples = 500
  }

  /// Whether a name is that of a data set of texts, as far as the name tells.
  private static func namesTexts(_ dataset: String) -> Bool {
    dataset == "wordnet-glosses"
      || [".csv", ".tsv", ".jsonl"].contains { dataset.lowercased().hasSuffix($0) }
  }
}
