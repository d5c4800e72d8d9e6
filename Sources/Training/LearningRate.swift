// SPDX-License-Identifier: GPL-3.0-or-later

internal import Glibc

extension TrainingRecipe {
  /// The learning rate of a step.
  ///
  /// - Parameter progress: The share of all steps that are done, from 0 up to but not including 1.
  /// - Returns: The rate.
  ///
  /// > Source: for one cycle, Smith and Topin. "Super-Convergence." 2017,
  /// > [arXiv:1708.07120](https://arxiv.org/abs/1708.07120); for the cosine, Loshchilov and Hutter.
  /// > "SGDR." ICLR 2017, [arXiv:1608.03983](https://arxiv.org/abs/1608.03983), equation 5.
  func learningRate(at progress: Double) -> Double {
    let rise = 0.3
    switch schedule {
    case .constant:
      return learningRate
    case .cosine:
      return learningRate * 0.5 * (1 + cos(Double.pi * progress))
    case .oneCycle:
      guard progress >= rise else { return learningRate * (0.04 + 0.96 * progress / rise) }
      return learningRate * 0.5 * (1 + cos(Double.pi * (progress - rise) / (1 - rise)))
    }
  }
}
