// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

/// One parameter of a model as it is stored; what a metric says is read off this value.
public enum Weight: Sendable {
  /// Every element is stored.
  case dense(Tensor)
  /// Elements where `mask` is false are gone: not stored, not trained, zero when applied.
  ///
  /// `values` is zero outside the mask; `mask` is a Boolean tensor of the same shape.
  case masked(values: Tensor, mask: Tensor)
  /// Every element, or every one inside a mask, is stored as an integer of a few bits.
  case quantized(QuantizedTensor)

  /// A masked weight whose values outside the mask are set to zero.
  public static func masking(_ values: Tensor, with mask: Tensor) -> Weight {
    // Selected, not multiplied: a product would keep the sign of a zero and spread a NaN.
    let kept = mask.select(values, else: Tensor(repeating: 0, shape: []))
    return .masked(values: kept, mask: mask)
  }

  /// The tensor that the model computes with.
  public var applied: Tensor {
    switch self {
    case .dense(let tensor), .masked(let tensor, _): tensor
    case .quantized(let tensor): tensor.values
    }
  }

  /// True for the elements that are stored, or nil where all are.
  public var mask: Tensor? {
    switch self {
    case .dense: nil
    case .masked(_, let mask): mask
    case .quantized(let tensor): tensor.mask
    }
  }

  /// The elements of the weight before anything was taken away.
  public var parameterCount: Int { applied.count }

  /// The elements that are stored.
  public var storedCount: Int { mask?.nonZeroCount ?? parameterCount }

  /// Bits of each element that is stored, without scales.
  public var bits: Int {
    if case .quantized(let tensor) = self {
      tensor.grid.bits
    } else {
      applied.elementType.bytes * 8
    }
  }

  /// The same storage with other values; integers keep their scale.
  public func replacingValues(_ values: Tensor) -> Weight {
    switch self {
    case .dense: .dense(values)
    case .masked(_, let mask): .masking(values, with: mask)
    case .quantized(let tensor):
      .quantized(QuantizedTensor(values, on: tensor.grid, mask: tensor.mask))
    }
  }
}
