// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import RobustCore
public import Statistics

/// Unstructured pruning: single weights go, and the rest is trained on with the mask held.
public struct Pruning: Compression {
  /// When the weights go.
  public enum Schedule: String, Sendable, CaseIterable {
    /// All at once, before the fine-tuning.
    case oneShot = "one-shot"
    /// In rounds along the first two thirds of the fine-tuning, most of them early.
    ///
    /// > Source: Zhu and Gupta. "To Prune, or Not to Prune." 2017,
    /// > [arXiv:1710.01878](https://arxiv.org/abs/1710.01878), equation 1.
    case gradual
  }

  /// What makes a weight matter.
  public var importance: Importance
  /// Layer by layer, or over the whole model.
  public var scope: MaskScope
  /// When the weights go.
  public var schedule: Schedule
  /// The length of the fine-tuning in passes over the training data; zero leaves it out.
  public var epochs: Double
  /// Rounds of the gradual schedule.
  public var rounds: Int

  /// Creates the method.
  public init(
    importance: Importance, scope: MaskScope = .local, schedule: Schedule = .oneShot,
    epochs: Double = 1, rounds: Int = 8
  ) {
    self.importance = importance
    self.scope = scope
    self.schedule = schedule
    self.epochs = epochs
    self.rounds = rounds
  }

  /// Prunes and fine-tunes; see ``Compression``.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    guard sparsity > classifier.sparsity else { return classifier }
    var current = classifier
    var share = 0.0
    for stop in stops(from: classifier.sparsity, to: sparsity) {
      if stop.share > share {
        current.parameters = try await tuned(current, tuning, share...stop.share)
        share = stop.share
      }
      let scores = try await importance.scores(current, tuning: tuning, random: random)
      current.parameters = current.parameters.pruned(
        current.architecture.prunable, to: stop.sparsity, scores: scores, scope: scope)
    }
    return current.replacing(parameters: try await tuned(current, tuning, share...1))
  }

  private func tuned(
    _ classifier: Classifier, _ tuning: any Tuning, _ span: ClosedRange<Double>
  ) async throws -> ParameterSet {
    guard epochs > 0 else { return classifier.parameters }
    return try await tuning.tuned(classifier, TuningSchedule(epochs: epochs, span: span))
  }

  private func stops(from start: Double, to end: Double) -> [(share: Double, sparsity: Double)] {
    schedule.stops(from: start, to: end, rounds: epochs > 0 ? rounds : 1)
  }
}

extension Pruning.Schedule {
  /// The sparsity to reach at each share of the way.
  func stops(
    from start: Double, to end: Double, rounds: Int
  ) -> [(share: Double, sparsity: Double)] {
    guard self == .gradual, rounds > 1 else { return [(0, end)] }
    return (0..<rounds).map { round in
      let progress = Double(round) / Double(rounds - 1)
      let left = (1 - progress) * (1 - progress) * (1 - progress)
      return (progress * 2 / 3, round == rounds - 1 ? end : end + (start - end) * left)
    }
  }
}

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
      ParameterSchema(
        "batches", .integer(1...100_000), default: .integer(32),
        summary: "training batches that are summed over"),
    ] + ParameterSchema.pruning
  ) { values in
    Pruning(.gradient(values.choice("score"), batches: values.integer("batches")), values)
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
  /// What methods share that prune by a score.
  static let pruning = [
    ParameterSchema(
      "scope", .choice(MaskScope.allCases.map(\.rawValue)), default: .choice("local"),
      summary: "the same share of every layer, or of the whole model"),
    ParameterSchema(
      "schedule", .choice(Pruning.Schedule.allCases.map(\.rawValue)),
      default: .choice("one-shot"), summary: "all at once, or in rounds while training on"),
    .fineTuningEpochs,
    ParameterSchema(
      "rounds", .integer(2...1_000), default: .integer(8), summary: "rounds of the gradual schedule"
    ),
  ]

  /// The length of what follows a compression.
  static let fineTuningEpochs = ParameterSchema(
    "epochs", .real(0...10_000), default: .real(0.5),
    summary: "fine-tuning in passes over the training data; 0 for none")
}
