// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

/// What an attack raises, one value for each example; higher is closer to a mistake.
public enum Loss: String, Sendable, CaseIterable {
  /// Cross-entropy of the label.
  case crossEntropy = "ce"
  /// The best other logit minus the label's; positive exactly where the example is misclassified.
  ///
  /// > Source: Carlini and Wagner. "Towards Evaluating the Robustness of Neural Networks."
  /// > IEEE S&P 2017, [arXiv:1608.04644](https://arxiv.org/abs/1608.04644), section V-A, f6.
  case margin

  /// The loss of every example.
  ///
  /// - Parameters:
  ///   - logits: `[N, K]`.
  ///   - labels: `[N]`, 64-bit integers.
  /// - Returns: `[N]`, differentiable.
  public func values(logits: Tensor, labels: Tensor) -> Tensor {
    switch self {
    case .crossEntropy:
      return logits.crossEntropies(labels: labels)
    case .margin:
      let column = labels.reshaped([-1, 1])
      let own = logits.gathered(column, along: 1).reshaped([-1])
      let others = logits.scattering(-.infinity, at: column, along: 1)
      return others.largest(along: [1]) - own
    }
  }
}
