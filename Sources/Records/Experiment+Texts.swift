// SPDX-License-Identifier: GPL-3.0-or-later

extension Experiment {
  /// The experiment in which nothing but the data set is stated.
  ///
  /// Texts are other inputs than images: words change instead of pixels, and the models read words.
  ///
  /// - Parameters:
  ///   - dataset: A name, a file or a folder.
  ///   - holdsTexts: Whether it holds texts, as far as more than its name is known.
  public init(dataset: String, holdsTexts: Bool = false) {
    self.init()
    self.dataset = dataset
    guard holdsTexts || Experiment.namesTexts(dataset) else { return }
    models = [.architecture(Specification(named: "text-cnn"))]
    trainings = ["standard", "synonyms"].map { Specification(named: $0) }
    norm = .l0
    epsilons = [Epsilon("3")].compactMap(\.self)
    examples = 500
  }

  /// The ends of the names of tables, which hold texts.
  public static let tableSuffixes = [".csv", ".tsv", ".jsonl"]

  /// Whether a name is that of a data set of texts, as far as the name tells.
  private static func namesTexts(_ dataset: String) -> Bool {
    dataset == "wordnet-glosses"
      || tableSuffixes.contains { dataset.lowercased().hasSuffix($0) }
  }
}
