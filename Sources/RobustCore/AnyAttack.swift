// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import Records
public import Statistics
public import Torch

/// An attack together with the access that it needs.
public enum AnyAttack: Sendable {
  /// Needs gradients.
  case gradient(any GradientAttack)
  /// Needs logits.
  case score(any ScoreAttack)
  /// Needs labels.
  case label(any LabelAttack)
  /// Needs gradients, and looks for the nearest adversarial input.
  case nearestByGradient(any NearestGradientAttack)
  /// Needs labels, and looks for the nearest adversarial input.
  case nearestByLabel(any NearestLabelAttack)
  /// Needs something to be made before the first example is attacked.
  case prepared(any PreparedAttack)
  /// Changes texts, and needs logits.
  case text(any TextAttack)
  /// Changes texts, and needs labels.
  case textByLabel(any TextLabelAttack)
  /// Changes texts, and needs gradients.
  case textByGradient(any TextGradientAttack)

  /// The most that the attacker must see.
  public var knowledge: Knowledge {
    switch self {
    case .gradient, .nearestByGradient, .textByGradient: .whiteBox
    case .score, .text: .scores
    case .label, .nearestByLabel, .textByLabel: .label
    case .prepared(let attack): attack.knowledge
    }
  }

  /// Whether the attack looks for the nearest adversarial input.
  public var seeksNearest: Bool {
    switch self {
    case .nearestByGradient, .nearestByLabel: true
    case .gradient, .score, .label, .prepared, .text, .textByLabel, .textByGradient: false
    }
  }

  /// Searches the ball for adversarial inputs; see ``GradientAttack``.
  ///
  /// - Precondition: The attack is not one to be prepared, and not one on texts.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    switch self {
    case .gradient(let attack):
      try attack.perturb(batch, within: threat, against: victim, random: random)
    case .nearestByGradient(let attack):
      try attack.perturb(batch, within: threat, against: victim, random: random)
    case .score(let attack):
      try attack.perturb(batch, within: threat, against: victim, random: random)
    case .label(let attack):
      try attack.perturb(batch, within: threat, against: victim, random: random)
    case .nearestByLabel(let attack):
      try attack.perturb(batch, within: threat, against: victim, random: random)
    case .prepared:
      preconditionFailure("the attack is prepared first")
    case .text, .textByLabel, .textByGradient:
      preconditionFailure("the attack changes texts")
    }
  }

  /// Searches for the nearest adversarial inputs; see ``NearestGradientAttack``.
  ///
  /// - Precondition: The attack ``seeksNearest``.
  public func nearest(
    _ batch: Batch, in norm: Norm, against victim: any GradientVictim, random: RandomKey
  ) throws -> Tensor {
    switch self {
    case .nearestByGradient(let attack):
      try attack.nearest(batch, in: norm, enough: nil, against: victim, random: random)
    case .nearestByLabel(let attack):
      try attack.nearest(batch, in: norm, enough: nil, against: victim, random: random)
    case .gradient, .score, .label, .prepared, .text, .textByLabel, .textByGradient:
      preconditionFailure("the attack works inside a ball")
    }
  }

  /// Searches for adversarial texts; see ``TextAttack``.
  ///
  /// - Precondition: The attack is one on texts.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any TextGradientVictim,
    random: RandomKey
  ) throws -> [Text] {
    switch self {
    case .text(let attack):
      try attack.perturb(batch, within: threat, against: victim, random: random)
    case .textByLabel(let attack):
      try attack.perturb(batch, within: threat, against: victim, random: random)
    case .textByGradient(let attack):
      try attack.perturb(batch, within: threat, against: victim, random: random)
    case .gradient, .score, .label, .prepared, .nearestByGradient, .nearestByLabel:
      preconditionFailure("the attack changes images")
    }
  }
}
