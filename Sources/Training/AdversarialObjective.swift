// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// Cross-entropy on adversarial examples, made anew at every step.
///
/// With a one-step attack from a random start this is fast adversarial training.
///
/// > Source: Madry et al. "Towards Deep Learning Models Resistant to Adversarial Attacks." ICLR 2018,
/// > [arXiv:1706.06083](https://arxiv.org/abs/1706.06083), section 2.1; Wong et al. "Fast is Better
/// > than Free." ICLR 2020, [arXiv:2001.03994](https://arxiv.org/abs/2001.03994), algorithm 3.
public struct AdversarialObjective: Objective {
  /// Climbs on after success.
  public let attack: any GradientAttack
  /// The ball in which it may move.
  public let threat: ThreatModel

  /// Creates the objective.
  public init(attack: any GradientAttack, threat: ThreatModel) {
    self.attack = attack
    self.threat = threat
  }

  /// The attack needs fixed parameters.
  public var needsEvaluationNetwork: Bool { true }

  /// The attack and its ball.
  public var adversary: Adversary? { Adversary(attack: attack, threat: threat) }

  /// The sum of cross-entropies on the attacked examples.
  public func loss(_ tile: Batch, model: TileModel, random: RandomKey) throws -> Tensor {
    let inputs = try attack.perturb(
      tile, within: threat, against: model.victim(rows: tile.count), random: random)
    return try model.logits(inputs).crossEntropies(labels: tile.labels).sum
  }
}

/// Cross-entropy on the examples plus `beta` times the divergence that an attack can cause.
///
/// > Source: Zhang et al. "Theoretically Principled Trade-off between Robustness and Accuracy."
/// > ICML 2019, [arXiv:1901.08573](https://arxiv.org/abs/1901.08573), equation 5 and algorithm 1.
public struct TradesObjective: Objective {
  /// Climbs the divergence.
  public let attack: any GradientAttack
  /// The ball in which it may move.
  public let threat: ThreatModel
  /// The weight of the divergence.
  public let beta: Double

  /// Creates the objective.
  public init(attack: any GradientAttack, threat: ThreatModel, beta: Double) {
    self.attack = attack
    self.threat = threat
    self.beta = beta
  }

  /// The attack needs fixed parameters.
  public var needsEvaluationNetwork: Bool { true }

  /// The attack and its ball.
  public var adversary: Adversary? { Adversary(attack: attack, threat: threat) }

  /// The sum of both terms.
  public func loss(_ tile: Batch, model: TileModel, random: RandomKey) throws -> Tensor {
    let victim = model.victim(
      rows: tile.count, divergingFrom: try model.fixed.tiledLogits(tile.inputs).logSoftmax())
    let inputs = try attack.perturb(tile, within: threat, against: victim, random: random)
    // One pass for both, so that batch normalisation sees them together.
    let logits = try model.logits(.concatenated([tile.inputs, inputs]))
    let clean = logits.slice(0..<tile.count)
    let attacked = logits.slice(tile.count..<2 * tile.count)
    return clean.crossEntropies(labels: tile.labels).sum
      + divergence(from: clean.logSoftmax(), to: attacked).sum * beta
  }
}
