// SPDX-License-Identifier: GPL-3.0-or-later

/// How a student is held against its teacher's answers.
public struct DistillationLoss: Sendable, Hashable {
  /// The losses.
  public enum Kind: String, Sendable, CaseIterable {
    /// Softened answers on clean examples, beside the cross-entropy.
    ///
    /// > Source: Hinton et al. "Distilling the Knowledge in a Neural Network." 2015,
    /// > [arXiv:1503.02531](https://arxiv.org/abs/1503.02531), section 2.
    case knowledge = "kd"
    /// The student's softened answers on attacked examples against the teacher's on clean ones,
    /// beside the cross-entropy on clean examples.
    ///
    /// > Source: Goldblum et al. "Adversarially Robust Distillation." AAAI 2020,
    /// > [arXiv:1905.09747](https://arxiv.org/abs/1905.09747), equation 3.
    case adversariallyRobust = "ard"
    /// The student's answers on attacked and on clean examples against the teacher's on clean ones;
    /// the attack raises that very divergence, and labels play no part.
    ///
    /// > Source: Zi et al. "Revisiting Adversarial Robustness Distillation." ICCV 2021,
    /// > [arXiv:2108.07969](https://arxiv.org/abs/2108.07969), equations 4 and 5.
    case robustSoftLabels = "rslad"
    /// The student's softened answers on attacked examples against the teacher's on clean ones, beside
    /// the cross-entropy on the same attacked examples: adversarial training with labels of both kinds.
    ///
    /// > Source: Maroto et al. "On the Benefits of Knowledge Distillation for Adversarial Robustness."
    /// > 2022, [arXiv:2203.07159](https://arxiv.org/abs/2203.07159).
    ///
    /// - Note: The teacher is asked for clean examples, as in the other losses; theirs is not.
    case adversarialKnowledge = "akd"
  }

  /// Which loss.
  public var kind: Kind
  /// What logits of both are divided by, above zero.
  public var temperature: Double
  /// The share of the first term, `0...1`.
  public var alpha: Double

  /// Creates a loss.
  public init(_ kind: Kind, temperature: Double, alpha: Double) {
    self.kind = kind
    self.temperature = temperature
    self.alpha = alpha
  }
}
