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

/// An attack together with the access that it needs.
public enum AnyAttack: Sendable {
  /// Needs gradients.
  case gradient(any GradientAttack)
  /// Needs logits.
  case score(any ScoreAttack)
  /// Needs labels.
  case label(any LabelAttack)

  /// The most that the attacker must see.
  public var knowledge: Knowledge {
    switch self {
    case .gradient: .whiteBox
    case .score: .scores
    case .label: .label
    }
  }
}
