// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

/// What an attack raises, one value for each example; higher is closer to a mistake.
///
/// With a target class, higher is closer to that class.
public enum Loss: String, Sendable, CaseIterable {
  /// Cross-entropy of the label; with a target, its logarithmic probability.
  case crossEntropy = "ce"
  /// The best other logit, or the target's, minus the label's.
  ///
  /// Positive exactly where the example is misclassified (as the target).
  ///
  /// > Source: Carlini and Wagner. "Towards Evaluating the Robustness of Neural Networks."
  /// > IEEE S&P 2017, [arXiv:1608.04644](https://arxiv.org/abs/1608.04644), section V-A, f6.
  case margin
  /// The margin as a ratio to a spread of the logits, so that no scale of the logits changes it.
  ///
  /// > Source: Croce and Hein. "Reliable Evaluation of Adversarial Robustness with an Ensemble of
  /// > Diverse Parameter-free Attacks." ICML 2020,
  /// > [arXiv:2003.01690](https://arxiv.org/abs/2003.01690), equations 6 and 7.
  case logitRatio = "dlr"

  /// The fewest classes for which the loss is defined.
  public func minimumClasses(targeted: Bool) -> Int {
    switch self {
    case .crossEntropy, .margin: 2
    case .logitRatio: targeted ? 4 : 3
    }
  }

  /// The loss of every example.
  ///
  /// - Parameters:
  ///   - logits: `[N, K]`.
  ///   - labels: `[N]`, 64-bit integers.
  ///   - targets: `[N]`, 64-bit integers other than the labels; nil where any mistake will do.
  /// - Returns: `[N]`, differentiable.
  /// - Precondition: There are ``minimumClasses(targeted:)``.
  public func values(logits: Tensor, labels: Tensor, targets: Tensor? = nil) -> Tensor {
    switch self {
    case .crossEntropy:
      return targets.map { -logits.crossEntropies(labels: $0) }
        ?? logits.crossEntropies(labels: labels)
    case .margin:
      return logits.margins(labels: labels, targets: targets)
    case .logitRatio:
      precondition(logits.size(1) >= minimumClasses(targeted: targets != nil), "\(logits.shape)")
      let margins = logits.margins(labels: labels, targets: targets)
      let ranked = logits.largest(targets == nil ? 3 : 4, along: 1).values
      func rank(_ rank: Int) -> Tensor { ranked.slice(rank..<rank + 1, along: 1).reshaped([-1]) }
      let spread =
        targets == nil ? rank(0) - rank(2) : rank(0) - (rank(2) + rank(3)) * 0.5
      return margins / (spread + 1e-12)
    }
  }
}

extension Tensor {
  /// The target's logit, by default the best other one, minus the label's.
  fileprivate func margins(labels: Tensor, targets: Tensor?) -> Tensor {
    let column = labels.reshaped([-1, 1])
    let own = gathered(column, along: 1).reshaped([-1])
    if let targets {
      return gathered(targets.reshaped([-1, 1]), along: 1).reshaped([-1]) - own
    }
    return scattering(-.infinity, at: column, along: 1).largest(along: [1]) - own
  }
}
