// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import Torch

extension Norm {
  /// The length of each perturbation, in double precision.
  ///
  /// - Parameters:
  ///   - inputs: `[N, C, H, W]`.
  ///   - centers: The unperturbed inputs, in the same shape.
  /// - Returns: `[N]`, float64; for `l0` the number of values that differ.
  public func distances(of inputs: Tensor, from centers: Tensor) -> Tensor {
    let change = (inputs.cast(to: .float64) - centers.cast(to: .float64)).flattenedExamples
    let order: Double =
      switch self {
      case .linf: .infinity
      case .l2: 2
      case .l1: 1
      case .l0: 0
      }
    return change.norm(order, along: [1])
  }
}
