// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// What training lowers: a loss of a few examples.
public protocol Objective: Sendable {
  /// Whether the loss attacks the model, which then is offered with fixed parameters too.
  var needsEvaluationNetwork: Bool { get }

  /// The attack inside; nil where examples are taken as they are.
  var adversary: Adversary? { get }

  /// The sum of the examples' losses, differentiable in the parameters.
  ///
  /// - Parameters:
  ///   - tile: Some examples of a batch.
  ///   - model: The model as it stands.
  ///   - random: For this epoch; split by example.
  /// - Returns: A single number.
  /// - Throws: What the model or the attack inside throws.
  func loss(_ tile: Batch, model: TileModel, random: RandomKey) throws -> Tensor
}

extension Objective {
  /// Nothing is attacked.
  public var adversary: Adversary? { nil }
}

/// An attack and the ball in which it may move.
public struct Adversary: Sendable {
  /// Climbs on after success.
  public let attack: any GradientAttack
  /// The ball.
  public let threat: ThreatModel

  /// Joins both.
  public init(attack: any GradientAttack, threat: ThreatModel) {
    self.attack = attack
    self.threat = threat
  }
}

/// The model under training as one worker sees it.
public struct TileModel {
  /// Logits in training mode, differentiable in the parameters.
  public let logits: (Tensor) throws -> Tensor
  /// The same parameters, fixed and in evaluation mode.
  public let evaluation: (any Network)?
  /// The number of logits.
  public let classes: Int
  /// The range of valid input values.
  public let inputRange: ClosedRange<Double>
}

/// Cross-entropy on the examples as they are.
public struct StandardObjective: Objective {
  /// Nothing is attacked.
  public var needsEvaluationNetwork: Bool { false }

  /// Creates the objective.
  public init() {}

  /// The sum of cross-entropies.
  public func loss(_ tile: Batch, model: TileModel, random: RandomKey) throws -> Tensor {
    try model.logits(tile.inputs).crossEntropies(labels: tile.labels).sum
  }
}
