// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import RobustCore
public import Statistics

/// Unstructured pruning: single weights go, and the rest is trained on with the mask held.
public struct Pruning: Compression {
  /// Where the weights come from.
  public enum Start: Sendable, Hashable {
    /// The trained model; what is left of it is fine-tuned.
    case trained
    /// A fresh initialisation, of which the mask is chosen before anything is trained.
    ///
    /// > Source: Lee et al. "SNIP: Single-shot Network Pruning based on Connection Sensitivity."
    /// > ICLR 2019, [arXiv:1810.02340](https://arxiv.org/abs/1810.02340), algorithm 1; in rounds,
    /// > de Jorge et al. "Progressive Skeletonization." ICLR 2021,
    /// > [arXiv:2006.09081](https://arxiv.org/abs/2006.09081), section 4.
    case initialization
  }

  /// What makes a weight matter.
  public var importance: Importance
  /// Layer by layer, or over the whole model.
  public var scope: MaskScope
  /// When the weights go.
  public var schedule: Schedule
  /// Where the weights come from.
  public var start: Start
  /// The length of the training in passes over the training data; zero leaves it out, nil takes that
  /// of the dense model.
  public var epochs: Double?
  /// Rounds of the schedules that have any.
  public var rounds: Int

  /// Creates the method.
  public init(
    importance: Importance, scope: MaskScope = .local, schedule: Schedule = .oneShot,
    start: Start = .trained, epochs: Double? = 1, rounds: Int = 8
  ) {
    self.importance = importance
    self.scope = scope
    self.schedule = schedule
    self.start = start
    self.epochs = epochs
    self.rounds = rounds
  }

  /// As many as stated, or those of the dense model.
  public func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double { epochs ?? dense }

  /// Prunes and trains; see ``Compression``.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    guard sparsity > classifier.sparsity else { return classifier }
    var current = classifier
    if start == .initialization {
      current.parameters = tuning.initial(classifier.architecture).masked(like: classifier)
    }
    for round in schedule.rounds(
      rounds, of: epochs, from: classifier.sparsity, to: sparsity,
      isFresh: start == .initialization)
    {
      let scores = try await importance.scores(current, tuning: tuning, random: random)
      current.parameters = current.parameters.pruned(
        current.architecture.prunable, to: current.ownShare(reaching: round.sparsity),
        scores: scores, scope: scope)
      guard let training = round.training, training.epochs != 0 else { continue }
      current.parameters = try await tuning.tuned(current, training)
    }
    return current
  }
}

extension ParameterSet {
  /// Takes over the masks of a model that has lost weights already.
  func masked(like classifier: Classifier) -> ParameterSet {
    classifier.parameters.parameters.reduce(into: self) { set, item in
      guard let mask = item.weight.mask, let weight = set[item.name] else { return }
      set[item.name] = .masking(weight.applied, with: mask)
    }
  }
}
