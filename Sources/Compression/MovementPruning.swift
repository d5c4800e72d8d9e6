// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import RobustCore
public import Statistics
import Torch

/// Pruning of weights that move towards zero while they are fine-tuned.
///
/// A weight's score is the sum of −gradient · weight over the steps, weighted by the learning rate; it
/// rises where training makes the weight larger. During the first two thirds of the fine-tuning the
/// mask follows the scores, and a weight may come back; then it is held.
///
/// > Source: Sanh et al. "Movement Pruning: Adaptive Sparsity by Fine-Tuning." NeurIPS 2020,
/// > [arXiv:2005.07683](https://arxiv.org/abs/2005.07683), section 3, with the hard top-v mask.
///
/// - Note: Of a model that is trained already the sums are noise at first: after some thirty steps of
///   learning a small model fell to chance, after some hundred and eighty it did not.
public struct MovementPruning: Compression {
  /// Which weights compete with one another.
  public var scope: MaskScope
  /// When the weights go: at the end of the first two thirds, or in rounds along them.
  public var schedule: Pruning.Schedule
  /// The length of the fine-tuning in passes over the training data; with zero nothing moves, and the
  /// earliest weights go.
  public var epochs: Double
  /// Rounds of the schedules that have any.
  public var rounds: Int

  private static let learningShare = 2.0 / 3

  /// Creates the method.
  public init(
    scope: MaskScope = .local, schedule: Pruning.Schedule = .gradual, epochs: Double = 1,
    rounds: Int = 8
  ) {
    self.scope = scope
    self.schedule = schedule
    self.epochs = epochs
    self.rounds = rounds
  }

  /// Those of the fine-tuning.
  public func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double { epochs }

  /// Fine-tunes weights and scores together, prunes, and fine-tunes on; see ``Compression``.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    guard sparsity > classifier.sparsity else { return classifier }
    let names = classifier.architecture.prunable
    var weights = classifier.parameters
    var scores = classifier.parameters.applied.filter { names.contains($0.key) }
      .mapValues { $0 * 0 }
    for phase in phases(from: classifier.sparsity, to: sparsity) where epochs > 0 {
      let scored = ScoredArchitecture(
        base: classifier.architecture, start: weights,
        groups: scope.groups(
          weights.shapes(of: names), to: classifier.ownShare(reaching: phase.sparsity)),
        ranking: .value, learnsWeights: true)
      let learned = try await tuning.tuned(
        classifier.replacing(architecture: scored, parameters: scored.parameters(scores: scores)),
        TuningSchedule(epochs: epochs, span: phase.span))
      weights = scored.weights(in: learned)
      scores = scored.scores(in: learned)
    }
    let pruned = classifier.replacing(
      parameters: weights.pruned(
        names, to: classifier.ownShare(reaching: sparsity), scores: scores, scope: scope))
    guard epochs > 0 else { return pruned }
    return pruned.replacing(
      parameters: try await tuning.tuned(
        pruned, TuningSchedule(epochs: epochs, span: Self.learningShare...1)))
  }

  /// The parts in which scores are learned, and the sparsity during each.
  func phases(
    from start: Double, to end: Double
  ) -> [(sparsity: Double, span: ClosedRange<Double>)] {
    let stops = schedule.sparsities(from: start, to: end, rounds: rounds)
    // The gradual schedule's first stop is where it starts.
    let path = schedule == .gradual && rounds > 1 ? stops : [start] + stops
    let length = Self.learningShare / Double(path.count - 1)
    return path.dropLast().enumerated().map { index, sparsity in
      let last = index == path.count - 2
      return (
        sparsity,
        Double(index) * length...(last ? Self.learningShare : Double(index + 1) * length)
      )
    }
  }
}

extension CompressionMember {
  /// By movement towards zero.
  static let movement = CompressionMember(
    "movement", "weights that move towards zero during the fine-tuning go",
    citation: "Sanh et al., NeurIPS 2020, arXiv:2005.07683", stage: .weights,
    parameters: [
      .scope(.local), .schedule(.gradual),
      .epochs(2, "fine-tuning in passes over the training data, in which weights move"), .rounds,
    ]
  ) { values in
    MovementPruning(
      scope: values.choice("scope"), schedule: values.choice("schedule"),
      epochs: values.real("epochs"), rounds: values.integer("rounds"))
  }
}
