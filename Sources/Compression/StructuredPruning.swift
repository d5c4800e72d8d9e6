// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import RobustCore
public import Statistics

/// Structured pruning: whole channels and units go, and the model is smaller afterwards.
///
/// The constant that a cut channel gave through its norm's shift is lost; fine-tuning makes up for it.
public struct StructuredPruning: Compression {
  /// What makes a channel matter.
  public var score: ChannelScore
  /// The same share of each group, or the least channels of the model.
  public var scope: MaskScope
  /// When channels go.
  public var schedule: Pruning.Schedule
  /// The length of the fine-tuning in passes over the training data; zero leaves it out.
  public var epochs: Double
  /// Rounds of the gradual schedule.
  public var rounds: Int
  /// Batches that gradients are summed over.
  public var batches: Int

  /// Creates the method.
  public init(
    score: ChannelScore = .l1, scope: MaskScope = .local, schedule: Pruning.Schedule = .oneShot,
    epochs: Double = 1, rounds: Int = 8, batches: Int = 32
  ) {
    self.score = score
    self.scope = scope
    self.schedule = schedule
    self.epochs = epochs
    self.rounds = rounds
    self.batches = batches
  }

  /// Whether one channel a group is little enough; see ``Compression``.
  public func check(_ architecture: any Architecture, to sparsity: Double) throws {
    guard sparsity > 0 else { return }
    let layered = try architecture.layers()
    let choice = ChannelChoice(layered.graph)
    if score == .batchNormScale, choice.groups.allSatisfy({ $0.norms.isEmpty || $0.isFixed }) {
      throw CompressionError(
        .noNorms, subject: "model '\(architecture.name)'",
        detail: "it has no batch normalisation whose scales could be compared",
        remedy: "use structured:score=l1 or structured:score=taylor")
    }
    let least = choice.weightCount(choice.groups.map { mayShrink($0) ? 1 : $0.channels })
    let all = choice.weightCount(choice.groups.map(\.channels))
    guard least <= weightBudget(of: all, at: sparsity) else {
      throw unreachable(architecture, sparsity, least, all)
    }
  }

  private func mayShrink(_ group: ChannelGroup) -> Bool {
    !group.isFixed && (score != .batchNormScale || !group.norms.isEmpty)
  }

  private func unreachable(
    _ architecture: any Architecture, _ sparsity: Double, _ least: Int, _ all: Int
  ) -> CompressionError {
    .unreachable(
      "structured", of: architecture.name, sparsity: sparsity, least: least, all: all)
  }

  /// Those of the fine-tuning.
  public func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double { epochs }

  /// Cuts and fine-tunes; see ``Compression``.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    guard sparsity > classifier.sparsity else { return classifier }
    var current = try classifier.layered().classifier
    let work = schedule.rounds(
      rounds, of: epochs, from: classifier.sparsity, to: sparsity)
    for round in work {
      current = try await cut(current, to: round.sparsity, tuning)
      guard let training = round.training, training.epochs != 0 else { continue }
      current.parameters = try await tuning.tuned(current, training)
    }
    return current
  }

  private func cut(
    _ classifier: Classifier, to sparsity: Double, _ tuning: any Tuning
  ) async throws -> Classifier {
    let (current, architecture) = try classifier.layered()
    let choice = ChannelChoice(architecture.graph)
    let budget = current.prunableBudget(at: sparsity)
    guard choice.weightCount(choice.groups.map(\.channels)) > budget else { return current }
    let scores = try await score.scores(
      of: choice.groups, in: architecture.graph, classifier: current, tuning: tuning,
      batches: batches)
    guard let kept = choice.kept(scores: scores, scope: scope, budget: budget) else {
      let least = choice.weightCount(choice.groups.map { mayShrink($0) ? 1 : $0.channels })
      throw unreachable(architecture, sparsity, least, current.densePrunableCount)
    }
    let left = architecture.graph.narrowed(current.parameters, keeping: kept)
    return current.replacing(
      architecture: architecture.replacing(left.graph), parameters: left.parameters)
  }
}

extension GraphArchitecture {
  /// The same model with other layers.
  func replacing(_ graph: Graph) -> GraphArchitecture {
    GraphArchitecture(name: name, inputShape: inputShape, classes: classes, graph: graph)
  }
}

extension CompressionMember {
  /// Whole channels and units.
  static let structured = CompressionMember(
    "structured", "whole channels and units go, and the model is physically smaller",
    citation: "Li et al., ICLR 2017, arXiv:1608.08710", stage: .shape,
    parameters: [
      ParameterSchema(
        "score", .choice(ChannelScore.allCases.map(\.rawValue)), default: .choice("l1"),
        summary: "size of a channel's weights, scale of its norm, or its part in the loss"),
      ParameterSchema(
        "batches", .integer(1...100_000), default: .integer(32),
        summary: "training batches that the taylor score is summed over"),
      ParameterSchema(
        "scope", .choice([MaskScope.local, .global].map(\.rawValue)), default: .choice("local"),
        summary: "the same share of every group, or the least channels of the model"),
      .schedule(.oneShot), .fineTuningEpochs, .rounds,
    ]
  ) { values in
    StructuredPruning(
      score: values.choice("score"), scope: values.choice("scope"),
      schedule: values.choice("schedule"), epochs: values.real("epochs"),
      rounds: values.integer("rounds"), batches: values.integer("batches"))
  }
}
