// SPDX-License-Identifier: GPL-3.0-or-later

public import RobustCore
public import Statistics
public import Torch

/// Holds a student against the answers of a teacher; see ``DistillationLoss``.
///
/// Softened divergences are multiplied by the squared temperature, so that their gradients keep their
/// size.
public struct DistillationObjective: Objective {
  /// Which terms there are.
  public let loss: DistillationLoss
  /// Answers on clean examples.
  public let teacher: any Network
  /// Attacks the student; nil where it is not hardened, and clean examples stand for attacked ones.
  public let adversary: Adversary?

  /// Creates the objective.
  ///
  /// - Parameters:
  ///   - loss: Which terms there are.
  ///   - teacher: As many logits as the student has.
  ///   - adversary: The attack of the student's own training.
  public init(_ loss: DistillationLoss, teacher: any Network, adversary: Adversary?) {
    self.loss = loss
    self.teacher = teacher
    self.adversary = loss.kind == .knowledge ? nil : adversary
  }

  /// The attack needs fixed parameters.
  public var needsEvaluationNetwork: Bool { adversary != nil }

  /// The sum of both terms.
  public func loss(_ tile: Batch, model: TileModel, random: RandomKey) throws -> Tensor {
    let reference = (try teacher.tiledLogits(tile.inputs) / loss.temperature).logSoftmax()
    let (clean, attacked) = try answers(tile, model, reference, random)
    let soft = softened(reference, attacked) * loss.alpha
    switch loss.kind {
    case .knowledge, .adversariallyRobust:
      return soft + clean.crossEntropies(labels: tile.labels).sum * (1 - loss.alpha)
    case .robustSoftLabels:
      return soft + softened(reference, clean) * (1 - loss.alpha)
    case .adversarialKnowledge:
      return soft + attacked.crossEntropies(labels: tile.labels).sum * (1 - loss.alpha)
    }
  }

  private func softened(_ reference: Tensor, _ logits: Tensor) -> Tensor {
    divergence(from: reference, to: logits / loss.temperature).sum
      * (loss.temperature * loss.temperature)
  }

  /// The student's logits on the examples, clean and attacked.
  private func answers(
    _ tile: Batch, _ model: TileModel, _ reference: Tensor, _ random: RandomKey
  ) throws -> (clean: Tensor, attacked: Tensor) {
    guard let adversary else {
      let clean = try model.logits(tile.inputs)
      return (clean, clean)
    }
    let victim: any GradientVictim =
      loss.kind == .robustSoftLabels
      ? model.victim(
        rows: tile.count, divergingFrom: reference, temperature: loss.temperature)
      : model.victim(rows: tile.count)
    let inputs = try adversary.attack.perturb(
      tile, within: adversary.threat, against: victim, random: random)
    if loss.kind == .adversarialKnowledge {
      let attacked = try model.logits(inputs)
      return (attacked, attacked)
    }
    // One pass for both, so that batch normalisation sees them together.
    let logits = try model.logits(.concatenated([tile.inputs, inputs]))
    return (logits.slice(0..<tile.count), logits.slice(tile.count..<2 * tile.count))
  }
}
