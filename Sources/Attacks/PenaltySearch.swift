// SPDX-License-Identifier: GPL-3.0-or-later

import Torch

/// The weight of the model's loss against the length of the perturbation, searched for each example
/// by halving.
///
/// > Source: Carlini and Wagner. "Towards Evaluating the Robustness of Neural Networks." IEEE S&P
/// > 2017, [arXiv:1608.04644](https://arxiv.org/abs/1608.04644), section V-D.
struct PenaltySearch {
  /// The weights of all examples, by row.
  private(set) var weights: [Double]
  private var low: [Double]
  private var high: [Double]

  init(count: Int, first: Double) {
    weights = Array(repeating: first, count: count)
    low = Array(repeating: 0, count: count)
    high = Array(repeating: .infinity, count: count)
  }

  /// A smaller weight where the last one led to an adversarial input, a larger one where it did not.
  mutating func learn(_ rows: [Int], succeeded: Set<Int>) {
    for row in rows {
      if succeeded.contains(row) {
        high[row] = min(high[row], weights[row])
      } else {
        low[row] = max(low[row], weights[row])
      }
      weights[row] = high[row] < .infinity ? (low[row] + high[row]) / 2 : weights[row] * 10
    }
  }

  /// The weights of some rows: `[N]`.
  func weights(of rows: [Int]) -> Tensor { Tensor(rows.map { Float(weights[$0]) }) }
}
