// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore

/// A native model as the catalog knows it.
struct ModelMember: Sendable {
  /// Name, citation and parameters.
  let entry: CatalogEntry
  /// Whether it reads texts, not images.
  let readsTexts: Bool
  /// What its training takes where nothing else is asked for, by the names of parameters of trainings.
  let trainingDefaults: [String: ParameterValue]
  let make: @Sendable (InputDescription, ParameterValues) -> GraphArchitecture

  private init(
    _ name: String, _ summary: String, citation: String? = nil, readsTexts: Bool,
    parameters: [ParameterSchema] = [], trainingDefaults: [String: ParameterValue] = [:],
    make: @escaping @Sendable (InputDescription, ParameterValues) -> GraphArchitecture
  ) {
    entry = CatalogEntry(name: name, summary: summary, citation: citation, parameters: parameters)
    self.readsTexts = readsTexts
    self.trainingDefaults = trainingDefaults
    self.make = make
  }

  private static func image(
    _ name: String, _ summary: String, citation: String? = nil,
    make: @escaping @Sendable (InputDescription) -> GraphArchitecture
  ) -> ModelMember {
    ModelMember(name, summary, citation: citation, readsTexts: false) { input, _ in make(input) }
  }

  private static func text(
    _ name: String, _ summary: String, citation: String, parameters: [ParameterSchema],
    learningRate: Double, epochs: Double,
    make:
      @escaping @Sendable (
        _ words: Int, _ length: Int, _ classes: Int, _ values: ParameterValues
      ) -> GraphArchitecture
  ) -> ModelMember {
    ModelMember(
      name, summary, citation: citation, readsTexts: true, parameters: parameters,
      trainingDefaults: [
        // Rare words have rare gradients, which Adam scales up; decay would forget them.
        "optimizer": .choice("adam"), "decay": .real(0), "lr": .real(learningRate),
        "epochs": .real(epochs), "batch": .integer(128),
      ]
    ) { input, values in
      make(input.words ?? 2, input.shape[0], input.classes, values)
    }
  }

  static let all: [ModelMember] = [
    image("mlp", "two hidden layers of 256 units") { .mlp($0) },
    image("cnn", "two 3x3 convolutions of 32 and 64 channels, 128 hidden units") { .cnn($0) },
    image(
      "lenet5", "two 5x5 convolutions of 6 and 16 channels, 120 and 84 units",
      citation: "LeCun et al., Proceedings of the IEEE 1998"
    ) { .lenet5($0) },
    image(
      "resnet8", "three residual blocks of 16, 32 and 64 channels",
      citation: "He et al., CVPR 2016, arXiv:1512.03385"
    ) { .resnet8($0) },
    text(
      "text-average", "mean of words' vectors, and of pairs' with bigrams=",
      citation: "Joulin et al., EACL 2017, arXiv:1607.01759",
      parameters: [
        .width(100),
        ParameterSchema(
          "bigrams", .integer(0...100_000_000), default: .integer(0),
          summary: "vectors that pairs of neighbouring words share by a hash; 0 for none"),
      ], learningRate: 0.005, epochs: 5
    ) { words, length, classes, values in
      .textAverage(
        words: words, length: length, classes: classes, width: values.integer("width"),
        buckets: values.integer("bigrams"))
    },
    text(
      "text-cnn", "convolutions over three, four and five words, and the largest value of each",
      citation: "Kim, EMNLP 2014, arXiv:1408.5882",
      parameters: [
        .width(128),
        ParameterSchema(
          "filters", .integer(1...100_000), default: .integer(100),
          summary: "convolutions of each width"),
      ], learningRate: 0.002, epochs: 3
    ) { words, length, classes, values in
      .textCNN(
        words: words, length: length, classes: classes, width: values.integer("width"),
        filters: values.integer("filters"))
    },
    text(
      "text-lstm", "long short-term memory, and the largest value of each hidden unit",
      citation: "Hochreiter and Schmidhuber, Neural Computation 1997",
      parameters: [
        .width(128),
        ParameterSchema(
          "hidden", .integer(1...100_000), default: .integer(128), summary: "hidden units"),
      ], learningRate: 0.002, epochs: 4
    ) { words, length, classes, values in
      .textLSTM(
        words: words, length: length, classes: classes, width: values.integer("width"),
        hidden: values.integer("hidden"))
    },
    text(
      "text-transformer", "blocks of attention, and the mean over words",
      citation: "Vaswani et al., NeurIPS 2017, arXiv:1706.03762",
      parameters: [
        ParameterSchema(
          "head-width", .integer(1...10_000), default: .integer(16),
          summary: "the numbers that one head compares"),
        ParameterSchema("heads", .integer(1...1_000), default: .integer(4), summary: "heads"),
        ParameterSchema("blocks", .integer(1...100), default: .integer(2), summary: "blocks"),
      ], learningRate: 0.001, epochs: 4
    ) { words, length, classes, values in
      .textTransformer(
        words: words, length: length, classes: classes,
        width: values.integer("head-width") * values.integer("heads"),
        heads: values.integer("heads"), blocks: values.integer("blocks"))
    },
  ]
}

extension ParameterSchema {
  fileprivate static func width(_ count: Int) -> ParameterSchema {
    ParameterSchema(
      "width", .integer(1...100_000), default: .integer(count),
      summary: "the numbers of a word's vector")
  }
}
