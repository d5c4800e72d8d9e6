// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import Records
public import Statistics

/// An attack that changes words of texts, and needs logits alone.
public protocol TextAttack: Sendable {
  /// Searches for adversarial texts.
  ///
  /// - Parameters:
  ///   - batch: Correctly classified examples with their texts.
  ///   - threat: The norm `l0` counts words; epsilon is the most that may change.
  ///   - victim: Metered access to the model, and what may stand for a word.
  ///   - random: Split by example and restart, so that no schedule changes a digit.
  /// - Returns: A text for each example, within the threat and the victim's rules; an adversarial one
  ///   wherever one was seen on the way.
  /// - Throws: What the model throws.
  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any TextVictim, random: RandomKey
  ) throws -> [Text]

  /// Whether the attack does not even try a text, because there is too much that may be written.
  func leavesOut(_ text: Text, within threat: ThreatModel, under rules: TextRules) -> Bool
}

extension TextAttack {
  /// What most attacks say: every text is tried.
  public func leavesOut(
    _ text: Text, within threat: ThreatModel, under rules: TextRules
  ) -> Bool { false }
}

/// An attack that changes words of texts, and needs the predicted class alone.
public protocol TextLabelAttack: Sendable {
  /// Searches for adversarial texts; see ``TextAttack``.
  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any TextLabelVictim,
    random: RandomKey
  ) throws -> [Text]
}

/// An attack that changes words of texts, and needs gradients.
public protocol TextGradientAttack: Sendable {
  /// Searches for adversarial texts; see ``TextAttack``.
  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any TextGradientVictim,
    random: RandomKey
  ) throws -> [Text]
}
