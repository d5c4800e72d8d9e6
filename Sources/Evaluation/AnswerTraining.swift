// SPDX-License-Identifier: GPL-3.0-or-later

import Isolation
import RobustCore
import Statistics
import Torch
import Training

/// Trains a stand-in by the trainer that models are trained by.
struct AnswerTraining: SurrogateTraining {
  let pool: WorkerPool
  let random: RandomKey
  let progress: @Sendable (Trainer.Progress) throws -> Void

  func trained(
    _ architecture: any Architecture, from start: ParameterSet, on answers: VictimAnswers,
    epochs: Double
  ) async throws -> ParameterSet {
    var recipe = TrainingRecipe(
      epochs: epochs, batchSize: 64, optimizer: .adam, learningRate: 0.003, weightDecay: 0)
    recipe.schedule = .oneCycle
    return try await Trainer(
      architecture: architecture, examples: answers.examples,
      objective: AnswerObjective(logits: answers.logits), recipe: recipe, pool: pool,
      random: random
    ).train(from: start, progress: progress)
  }
}

/// Holds a stand-in against what a victim answered to each input, once.
///
/// Where logits are known, the divergence of softened answers is lowered, else the cross-entropy of the
/// answered class.
///
/// > Source: Hinton et al. "Distilling the Knowledge in a Neural Network." 2015,
/// > [arXiv:1503.02531](https://arxiv.org/abs/1503.02531), section 2.
struct AnswerObjective: Objective {
  /// `[N, K]`, by the index of the input; nil where the class alone was answered.
  let logits: Tensor?

  private static let temperature = 4.0

  var needsEvaluationNetwork: Bool { false }

  func loss(_ tile: Batch, model: TileModel, random: RandomKey) throws -> Tensor {
    let answer = try model.logits(tile.inputs)
    guard let logits else { return answer.crossEntropies(labels: tile.labels).sum }
    let reference = (logits.rows(tile.indices) / Self.temperature).logSoftmax()
    let softened = (answer / Self.temperature).logSoftmax()
    return ((reference - softened) * reference.exponential).sum
      * (Self.temperature * Self.temperature)
  }
}
