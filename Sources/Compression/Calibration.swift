// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// How the range is chosen in which numbers are rounded and outside of which they are cut off.
///
/// > Source: Wu et al. "Integer Quantization for Deep Learning Inference." 2020,
/// > [arXiv:2004.09602](https://arxiv.org/abs/2004.09602), section 3.3.
public enum Calibration: String, Sendable, CaseIterable {
  /// From the smallest number to the largest one.
  case minMax = "min-max"
  /// The range that holds all but one of ten thousand numbers at either end.
  case percentile
  /// Of the ranges that are some part of the whole one, the one with the least squared error.
  case squaredError = "mse"

  private static let cutOff = 1e-4
  /// Parts of the whole range that are tried, widest first.
  private static let parts = stride(from: 1.0, through: 0.2, by: -0.02)

  /// The grid for the rows of a matrix, one scale for each.
  ///
  /// - Parameters:
  ///   - rows: `[C, N]`, finite.
  ///   - mask: True for the numbers that count, `[C, N]`; nil where all do.
  ///   - bits: The width of a code.
  ///   - scheme: How the zero of the numbers lies among the codes.
  /// - Returns: Scales and zero points of shape `[C]`.
  func grid(
    rows: Tensor, mask: Tensor? = nil, bits: Int, scheme: QuantizationGrid.Scheme
  ) -> QuantizationGrid {
    let (low, high) = range(rows: rows, mask: mask)
    let widest = QuantizationGrid(bits: bits, low: low, high: high, scheme: scheme)
    guard self == .squaredError else { return widest }
    // Elements that are gone are zero, which every grid holds.
    var best = (scale: widest.scale, zero: widest.zeroPoint, error: error(rows, on: widest))
    for part in Self.parts.dropFirst() {
      let grid = QuantizationGrid(bits: bits, low: low * part, high: high * part, scheme: scheme)
      let error = error(rows, on: grid)
      let isBetter = error .< best.error
      best = (
        isBetter.select(grid.scale, else: best.scale),
        isBetter.select(grid.zeroPoint, else: best.zero), isBetter.select(error, else: best.error)
      )
    }
    return QuantizationGrid(bits: bits, scale: best.scale, zeroPoint: best.zero)
  }

  /// The sum of squared errors of each row.
  private func error(_ rows: Tensor, on grid: QuantizationGrid) -> Tensor {
    (grid.values(of: grid.codes(of: rows)) - rows).power(2).sum(along: [1])
  }

  private func range(rows: Tensor, mask: Tensor?) -> (low: Tensor, high: Tensor) {
    guard self == .percentile else {
      return (rows.smallest(along: [1]), rows.largest(along: [1]))
    }
    let infinity = Tensor(repeating: .infinity, shape: [])
    let counts = (mask?.cast(to: .float32) ?? rows * 0 + 1).sum(along: [1], keeping: true)
    let cut = (counts * Self.cutOff).floor
    let last = (counts - 1).clamped(atLeast: 0)
    func chosen(_ descending: Bool) -> Tensor {
      // What does not count is sorted behind everything else.
      let far = descending ? -infinity : infinity
      let sorted = (mask?.select(rows, else: far) ?? rows)
        .sorted(along: 1, descending: descending).values
      let found = sorted.gathered(cut.minimum(last).cast(to: .int64), along: 1).reshaped([-1])
      return found.isFinite.select(found, else: Tensor(repeating: 0, shape: []))
    }
    return (chosen(false), chosen(true))
  }
}
