// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

/// Equally spaced numbers that a tensor's elements are rounded to: `scale · (code − zeroPoint)`.
///
/// Codes are signed integers of a few bits. Zero always is one of the numbers, so that what a mask
/// took away stays exactly zero.
///
/// > Source: Jacob et al. "Quantization and Training of Neural Networks for Efficient
/// > Integer-Arithmetic-Only Inference." CVPR 2018,
/// > [arXiv:1712.05877](https://arxiv.org/abs/1712.05877), section 2.1.
public struct QuantizationGrid: Sendable {
  /// Widths that a code can have.
  public static let widths = [8, 4, 2]

  /// How the zero of the numbers lies among the codes.
  public enum Scheme: String, Sendable, CaseIterable {
    /// Zero has the code zero, and the codes reach as far down as up.
    case symmetric
    /// The numbers reach from the smallest element to the largest one.
    case affine
  }

  /// The width of a code.
  public let bits: Int
  /// The distance of two neighbours, `[1]`, or `[C]` with one for each channel; positive.
  public let scale: Tensor
  /// The code of zero, 8-bit integers of the shape of `scale`.
  public let zeroPoint: Tensor

  /// Joins the parts of a grid.
  ///
  /// - Precondition: See ``fault(bits:scale:zeroPoint:channels:)``.
  public init(bits: Int, scale: Tensor, zeroPoint: Tensor) {
    let fault = Self.fault(
      bits: bits, scale: scale, zeroPoint: zeroPoint, channels: scale.count)
    precondition(fault == nil, fault ?? "")
    self.bits = bits
    self.scale = scale
    self.zeroPoint = zeroPoint
  }

  /// The grid of given width that holds the numbers from `low` to `high`, and zero.
  ///
  /// - Parameters:
  ///   - bits: One of ``widths``.
  ///   - low: The smallest number, `[1]`, or `[C]` with one for each channel; finite.
  ///   - high: The largest number, of the same shape; finite.
  ///   - scheme: How the zero of the numbers lies among the codes.
  public init(bits: Int, low: Tensor, high: Tensor, scheme: Scheme) {
    let levels = Double(1 << bits)
    let (low, high) = (low.clamped(atMost: 0), high.clamped(atLeast: 0))
    let steps: Tensor
    switch scheme {
    case .symmetric: steps = high.maximum(-low) / (levels / 2 - 1)
    case .affine: steps = high / (levels - 1) - low / (levels - 1)
    }
    // Where all elements are zero any distance does.
    let scale = (steps .== 0).select(
      Tensor(repeating: 1, shape: []), else: steps.clamped(atLeast: Self.smallestScale))
    let zero: Tensor
    switch scheme {
    case .symmetric: zero = scale * 0
    case .affine:
      zero = (-low / scale - levels / 2).rounded.clamped(to: -levels / 2...levels / 2 - 1)
    }
    self.init(bits: bits, scale: scale, zeroPoint: zero.cast(to: .int8))
  }

  /// Smaller distances have no finite inverse in single precision.
  private static let smallestScale = 1e-37

  /// The range of the codes.
  public var codes: ClosedRange<Int> { -(1 << (bits - 1))...(1 << (bits - 1)) - 1 }

  /// The codes nearest to the elements of a tensor whose first dimension is that of the channels.
  ///
  /// - Returns: 8-bit integers.
  public func codes(of values: Tensor) -> Tensor {
    (values / shaped(scale, rank: values.rank) + zeroCodes(rank: values.rank).cast(to: .float32))
      .rounded.clamped(to: Double(codes.lowerBound)...Double(codes.upperBound)).cast(to: .int8)
  }

  /// The numbers that codes stand for.
  public func values(of codes: Tensor) -> Tensor {
    (codes.cast(to: .float32) - zeroCodes(rank: codes.rank).cast(to: .float32))
      * shaped(scale, rank: codes.rank)
  }

  /// The nearest numbers of the grid, with the gradient of leaving the elements as they are.
  ///
  /// > Source: for the straight-through estimator, Bengio et al. "Estimating or Propagating Gradients
  /// > Through Stochastic Neurons." 2013, [arXiv:1308.3432](https://arxiv.org/abs/1308.3432).
  public func rounding(_ values: Tensor) -> Tensor {
    // The difference is exactly zero, so that training sees the very numbers that are stored.
    self.values(of: codes(of: values.detached)) + (values - values.detached)
  }

  /// The codes of zeros, in a form that spreads over a tensor of the given rank.
  func zeroCodes(rank: Int) -> Tensor { shaped(zeroPoint, rank: rank) }

  private func shaped(_ part: Tensor, rank: Int) -> Tensor {
    part.count == 1
      ? part.reshaped([]) : part.reshaped([-1] + Array(repeating: 1, count: rank - 1))
  }

  /// Holds the parts of a grid against one another.
  ///
  /// - Parameters:
  ///   - bits: The width of a code.
  ///   - scale: Distances.
  ///   - zeroPoint: Codes of zero.
  ///   - channels: The number of channels of what is quantised.
  /// - Returns: What is wrong, in words; nil where they fit.
  static func fault(bits: Int, scale: Tensor, zeroPoint: Tensor, channels: Int) -> String? {
    guard widths.contains(bits) else { return "codes of \(bits) bits, expected 8, 4 or 2" }
    guard scale.elementType == .float32, zeroPoint.elementType == .int8,
      scale.shape == zeroPoint.shape, scale.shape == [1] || scale.shape == [channels]
    else {
      return "scales \(scale.elementType) \(scale.shape) and zero points"
        + " \(zeroPoint.elementType) \(zeroPoint.shape), expected float32 and int8 of shape [1] or"
        + " [\(channels)]"
    }
    guard scale.elements(of: Float.self).allSatisfy({ $0 > 0 && $0.isFinite }) else {
      return "a scale that is not positive and finite"
    }
    let half = 1 << (bits - 1)
    guard zeroPoint.elements(of: Int8.self).allSatisfy({ (-half..<half).contains(Int($0)) }) else {
      return "a zero point outside the codes of \(bits) bits"
    }
    return nil
  }
}
