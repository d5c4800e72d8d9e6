// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Torch

/// How many values may jump to a given target before the perturbation leaves a ball.
///
/// Exact for `l0`, where every value that differs costs one. For `l1` and `l2` a value costs the
/// size of its jump, or its square, summed in double precision.
struct CoordinateBudget {
  let norm: Norm
  let epsilon: Double

  /// Replaces values by their targets, in a given order, for as long as the ball holds the result.
  ///
  /// - Parameters:
  ///   - values: `[N, D]`.
  ///   - targets: `[N, D]`.
  ///   - order: `[N, D]`, a permutation of the columns for each row.
  /// - Returns: `[N, D]`; a value that equals its target costs nothing.
  func replaced(_ values: Tensor, by targets: Tensor, inOrder order: Tensor) -> Tensor {
    let jumps = (targets.cast(to: .float64) - values.cast(to: .float64)).absolute
    let costs: Tensor
    let limit: Double
    switch norm {
    case .l0: (costs, limit) = ((jumps .!= 0).cast(to: .float64), epsilon)
    case .l1: (costs, limit) = (jumps, epsilon)
    case .l2: (costs, limit) = (jumps * jumps, epsilon * epsilon)
    case .linf: preconditionFailure("the linf ball bounds each value by itself")
    }
    let isSpent = costs.gathered(order, along: 1).cumulativeSum(along: 1) .> limit
    let ordered = isSpent.select(
      values.gathered(order, along: 1), else: targets.gathered(order, along: 1))
    return values.scattering(ordered, at: order, along: 1)
  }
}
