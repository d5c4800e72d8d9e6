// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import RobustCore
public import Statistics
import Torch

/// Pruning by importance scores that are learned under the variant's own loss, weights frozen.
///
/// Under an adversarial loss the scores keep what robustness needs, not what is large.
///
/// > Source: Sehwag et al. "HYDRA: Pruning Adversarially Robust Neural Networks." NeurIPS 2020,
/// > [arXiv:2002.10509](https://arxiv.org/abs/2002.10509), section 3.
///
/// - Note: Batch-normalisation statistics move while scores are learned; every parameter is frozen.
public struct Hydra: Compression {
  /// Which weights compete with one another.
  public var scope: MaskScope
  /// How long scores are learned, in passes over the training data; zero keeps the first scores, which
  /// rank as the weights' sizes do.
  public var scoreEpochs: Double
  /// The length of the fine-tuning with the mask held, likewise; zero leaves it out.
  public var epochs: Double

  /// Creates the method.
  public init(scope: MaskScope = .local, scoreEpochs: Double = 1, epochs: Double = 1) {
    self.scope = scope
    self.scoreEpochs = scoreEpochs
    self.epochs = epochs
  }

  /// Those of learning scores, and of the fine-tuning.
  public func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double {
    scoreEpochs + epochs
  }

  /// Learns scores, prunes and fine-tunes; see ``Compression``.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    guard sparsity > classifier.sparsity else { return classifier }
    let names = classifier.architecture.prunable
    let share = classifier.ownShare(reaching: sparsity)
    let scored = ScoredArchitecture(
      base: classifier.architecture, start: classifier.parameters,
      groups: scope.groups(classifier.parameters.shapes(of: names), to: share), ranking: .size,
      learnsWeights: false)
    var learned = scored.parameters(scores: Self.firstScores(of: classifier))
    if scoreEpochs > 0 {
      learned = try await tuning.tuned(
        classifier.replacing(architecture: scored, parameters: learned),
        TuningSchedule(epochs: scoreEpochs, rate: .full))
    }
    let pruned = classifier.replacing(
      parameters: scored.weights(in: learned).pruned(
        names, to: share, scores: scored.scores(in: learned), scope: scope))
    guard epochs > 0 else { return pruned }
    return pruned.replacing(
      parameters: try await tuning.tuned(pruned, TuningSchedule(epochs: epochs)))
  }

  /// Each layer's weights, scaled so that the largest is √(6 / inputs).
  ///
  /// > Source: the paper above, equation 3.
  static func firstScores(of classifier: Classifier) -> [String: Tensor] {
    classifier.architecture.prunable.reduce(into: [:]) { scores, name in
      guard let weight = classifier.parameters[name]?.applied else { return }
      let inputs = weight.shape.dropFirst().reduce(1, *)
      let largest = weight.absolute.reshaped([-1]).largest(along: [0]).scalar
      let scale =
        (6 / Double(inputs)).squareRoot() / max(largest, Double(Float.leastNormalMagnitude))
      scores[name] = weight * scale
    }
  }
}

extension CompressionMember {
  /// By scores learned under the variant's own loss.
  static let hydra = CompressionMember(
    "hydra", "importance scores are learned under the variant's own loss, weights frozen",
    citation: "Sehwag et al., NeurIPS 2020, arXiv:2002.10509", stage: .weights,
    parameters: [
      .scope(.local),
      ParameterSchema(
        "score-epochs", .real(0...10_000), default: .real(1),
        summary: "learning of the scores in passes over the training data"),
      .epochs(1, "fine-tuning in passes over the training data; 0 for none"),
    ]
  ) { values in
    Hydra(
      scope: values.choice("scope"), scoreEpochs: values.real("score-epochs"),
      epochs: values.real("epochs"))
  }
}
