// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import Statistics
public import Torch

/// An attack that needs input gradients.
public protocol GradientAttack: Sendable {
  /// Searches for adversarial inputs.
  ///
  /// - Parameters:
  ///   - batch: Correctly classified examples.
  ///   - threat: Norm and radius.
  ///   - victim: Metered access to the model.
  ///   - random: Split by example and restart, so that no schedule changes a digit.
  /// - Returns: Inputs of the same shape, inside the ball and the input range; an adversarial one
  ///   wherever one was seen on the way.
  /// - Throws: ``AttackError`` where the budget ends first, or what the model throws.
  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor
}

/// An attack that needs logits alone.
public protocol ScoreAttack: Sendable {
  /// Searches for adversarial inputs; see ``GradientAttack``.
  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any ScoreVictim,
    random: RandomKey
  ) throws -> Tensor
}

/// An attack that needs predicted classes alone, or nothing at all.
public protocol LabelAttack: Sendable {
  /// Searches for adversarial inputs; see ``GradientAttack``.
  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any LabelVictim,
    random: RandomKey
  ) throws -> Tensor
}

/// An attack that looks for the nearest adversarial input, with gradients.
public protocol NearestGradientAttack: GradientAttack {
  /// Searches for the nearest adversarial inputs.
  ///
  /// - Parameters:
  ///   - batch: Correctly classified examples.
  ///   - norm: What is made small.
  ///   - enough: The distance at which an example may rest; nil to go on to the end.
  ///   - victim: Metered access to the model.
  ///   - random: Split by example and restart, so that no schedule changes a digit.
  /// - Returns: The nearest adversarial input that was seen for each example, inside the input range;
  ///   the input itself where none was.
  /// - Throws: What the model throws.
  func nearest(
    _ batch: Batch, in norm: Norm, enough: Double?, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor
}

/// An attack that looks for the nearest adversarial input, with predicted classes alone.
public protocol NearestLabelAttack: LabelAttack {
  /// Searches for the nearest adversarial inputs; see ``NearestGradientAttack``.
  func nearest(
    _ batch: Batch, in norm: Norm, enough: Double?, against victim: any LabelVictim,
    random: RandomKey
  ) throws -> Tensor
}

extension NearestGradientAttack {
  /// The nearest adversarial inputs that lie in the ball; the input itself where none does.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    threat.keepingInside(
      try nearest(
        batch, in: threat.norm, enough: threat.epsilon.value, against: victim, random: random),
      around: batch.inputs)
  }
}

extension NearestLabelAttack {
  /// The nearest adversarial inputs that lie in the ball; the input itself where none does.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any LabelVictim,
    random: RandomKey
  ) throws -> Tensor {
    threat.keepingInside(
      try nearest(
        batch, in: threat.norm, enough: threat.epsilon.value, against: victim, random: random),
      around: batch.inputs)
  }
}

extension ThreatModel {
  /// Inputs inside the ball around their centres, and the centre of each one outside.
  fileprivate func keepingInside(_ inputs: Tensor, around centers: Tensor) -> Tensor {
    let distances = norm.distances(of: inputs, from: centers)
    let shape = [-1] + Array(repeating: 1, count: inputs.rank - 1)
    let isOutside = (distances .> epsilon.value).reshaped(shape)
    return isOutside.select(centers, else: inputs)
  }
}
