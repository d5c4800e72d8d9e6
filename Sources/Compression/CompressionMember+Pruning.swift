// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore

extension CompressionMember {
  /// By weight size.
  static let magnitude = CompressionMember(
    "magnitude", "weights of least size go",
    citation: "Han et al., NeurIPS 2015, arXiv:1506.02626", stage: .weights,
    parameters: ParameterSchema.pruning
  ) { values in Pruning(.magnitude, values) }

  /// By gradient size.
  static let gradient = CompressionMember(
    "gradient", "weights whose gradients say least go, summed over training batches",
    citation: "Blalock et al., MLSys 2020, arXiv:2003.03033", stage: .weights,
    parameters: [
      ParameterSchema(
        "score", .choice(Importance.Score.allCases.map(\.rawValue)), default: .choice("product"),
        summary: "|gradient · weight| or |gradient| alone"),
      .batches,
    ] + ParameterSchema.pruning
  ) { values in
    Pruning(.gradient(values.choice("score"), batches: values.integer("batches")), values)
  }

  /// By the squared first-order change of the loss.
  static let taylor = CompressionMember(
    "taylor", "weights whose removal changes the loss least go, squared batch by batch",
    citation: "Molchanov et al., CVPR 2019, arXiv:1906.10771", stage: .weights,
    parameters: [.batches] + ParameterSchema.pruning
  ) { values in Pruning(.taylor(batches: values.integer("batches")), values) }

  /// By the sensitivity of an untrained model.
  ///
  /// A model file has no initialisation: its own weights stand for it.
  static let snip = CompressionMember(
    "snip",
    "weights to which the untrained model is least sensitive go; the rest is trained afresh",
    citation: "Lee et al., ICLR 2019, arXiv:1810.02340", stage: .weights,
    parameters: [.batches, .scope(.global), .schedule(.oneShot), .ownEpochs, .rounds]
  ) { values in
    Pruning(
      importance: .gradient(.product, batches: values.integer("batches")),
      scope: values.choice("scope"), schedule: values.choice("schedule"), start: .initialization,
      epochs: values.optionalReal("epochs"), rounds: values.integer("rounds"))
  }

  /// By lot.
  static let random = CompressionMember(
    "random", "weights drawn by lot go: the baseline", stage: .weights,
    parameters: ParameterSchema.pruning
  ) { values in Pruning(.random, values) }
}

extension Pruning {
  fileprivate init(_ importance: Importance, _ values: ParameterValues) {
    self.init(
      importance: importance, scope: values.choice("scope"), schedule: values.choice("schedule"),
      epochs: values.real("epochs"), rounds: values.integer("rounds"))
  }
}

extension ParameterSchema {
  /// What unstructured methods share.
  static let pruning = [
    scope(.local), schedule(.oneShot), fineTuningEpochs, rounds,
  ]

  /// The length of what follows a compression.
  static let fineTuningEpochs = epochs(
    0.5, "fine-tuning in passes over the training data; 0 for none")

  /// Training batches that scores are summed over.
  static let batches = ParameterSchema(
    "batches", .integer(1...100_000), default: .integer(32),
    summary: "training batches that are summed over")

  /// When weights go.
  static func schedule(_ schedule: Pruning.Schedule) -> ParameterSchema {
    ParameterSchema(
      "schedule", .choice(Pruning.Schedule.allCases.map(\.rawValue)),
      default: .choice(schedule.rawValue),
      summary: "all at once, in rounds with retraining, or gradually while training on")
  }

  /// Rounds of a schedule.
  static let rounds = ParameterSchema(
    "rounds", .integer(2...1_000), default: .integer(8),
    summary: "rounds of the iterative and the gradual schedule")

  /// The length of a training from an initialisation.
  static let ownEpochs = ParameterSchema(
    "epochs", .real(0...10_000), default: nil,
    summary: "passes over the training data; as many as for the dense model if not stated")

  /// Which weights are ranked together.
  static func scope(_ scope: MaskScope) -> ParameterSchema {
    ParameterSchema(
      "scope", .choice(MaskScope.allCases.map(\.rawValue)), default: .choice(scope.rawValue),
      summary: "the same share of every layer, of the whole model, or by the layers' sides (erk)")
  }

  /// The length of a fine-tuning.
  static func epochs(_ count: Double, _ summary: String) -> ParameterSchema {
    ParameterSchema("epochs", .real(0...10_000), default: .real(count), summary: summary)
  }
}
