// SPDX-License-Identifier: GPL-3.0-or-later

/// What bilinear sampling finds outside an image.
public enum SamplingBorder: Int, Sendable {
  /// Zero.
  case zeros = 0
  /// The nearest pixel of the edge.
  case nearest = 1
  /// The image mirrored about the centres of its outermost pixels.
  case mirrored = 2
}

extension Tensor {
  /// Images sampled bilinearly at any places, each by its own grid.
  ///
  /// - Parameters:
  ///   - grid: Places `[N, H', W', 2]` as x and y, from −1 to 1 across the image.
  ///   - border: What lies outside.
  ///   - endsAreCenters: Whether −1 and 1 are the centres of the outermost pixels, or the edges of
  ///     the image.
  /// - Returns: `[N, C, H', W']`.
  public func sampled(at grid: Tensor, border: SamplingBorder, endsAreCenters: Bool) -> Tensor {
    Operators.gridSampler.one(
      .tensor(self), .tensor(grid), .integer(0), .integer(border.rawValue),
      .boolean(endsAreCenters))
  }
}

extension Operators {
  fileprivate static let gridSampler = Operator("aten::grid_sampler")
}
