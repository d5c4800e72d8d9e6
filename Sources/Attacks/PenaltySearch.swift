// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
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

  /// Descends with one weight after the other, and halves the way back at the end.
  ///
  /// - Parameters:
  ///   - batch: The examples.
  ///   - norm: In which the nearest is sought.
  ///   - enough: The distance at which an example may rest; nil for none.
  ///   - searches: Weights that are tried for each example.
  ///   - first: The first weight.
  ///   - victim: The model.
  ///   - descend: One descent of the active examples; the rows where an adversarial input was seen.
  /// - Returns: The nearest adversarial inputs.
  /// - Throws: What the model throws.
  static func nearest(
    _ batch: Batch, in norm: Norm, enough: Double?, searches: Int, first: Double,
    against victim: any GradientVictim,
    _ descend: (PenaltySearch, inout NearestSearch) throws -> Set<Int>
  ) throws -> Tensor {
    let halvings = 10
    var search = NearestSearch(batch, in: norm, enough: enough)
    var penalty = PenaltySearch(count: batch.count, first: first)
    try untilBudgetEnds {
      // An input that is wrong already is its own nearest, and no descent begins exactly there.
      let logits = try victim.logits(of: batch.inputs, rows: search.active)
      _ = search.record(batch.inputs, logits: logits)
      for _ in 0..<searches where !search.active.isEmpty {
        let rows = search.active
        penalty.learn(rows, succeeded: try descend(penalty, &search))
      }
      try search.approach(victim, halvings: halvings)
    }
    return search.inputs
  }
}
