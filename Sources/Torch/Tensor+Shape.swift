// SPDX-License-Identifier: GPL-3.0-or-later

extension Tensor {
  /// The same elements in another shape; one size may be −1.
  public func reshaped(_ shape: [Int]) -> Tensor {
    Operators.reshape.one(.tensor(self), .integers(shape))
  }
  /// One row for each example: `[N, everything else]`.
  public var flattenedExamples: Tensor { reshaped([size(0), shape.dropFirst().reduce(1, *)]) }
  /// Two dimensions exchanged.
  public func transposed(_ first: Int, _ second: Int) -> Tensor {
    Operators.transpose.one(.tensor(self), .integer(first), .integer(second))
  }
  /// A range of one dimension, sharing memory.
  public func slice(_ range: Range<Int>, along dimension: Int = 0) -> Tensor {
    Operators.narrow.one(
      .tensor(self), .integer(dimension), .integer(range.lowerBound), .integer(range.count))
  }
  /// Every `step`-th element of one dimension, from the first on, sharing memory.
  public func every(_ step: Int, along dimension: Int) -> Tensor {
    Operators.slice.one(.tensor(self), .integer(dimension), .none, .none, .integer(step))
  }
  /// Chosen rows, copied.
  public func rows(_ indices: [Int]) -> Tensor { rows(Tensor(indices)) }
  /// Chosen rows, copied; `indices` are 64-bit integers.
  public func rows(_ indices: Tensor, along dimension: Int = 0) -> Tensor {
    Operators.selectRows.one(.tensor(self), .integer(dimension), .tensor(indices))
  }
  /// Elements chosen by index along a dimension.
  public func gathered(_ indices: Tensor, along dimension: Int) -> Tensor {
    Operators.gather.one(.tensor(self), .integer(dimension), .tensor(indices))
  }
  /// A copy with `value` at the indices along a dimension.
  public func scattering(_ value: Double, at indices: Tensor, along dimension: Int) -> Tensor {
    Operators.scatterValue.one(
      .tensor(self), .integer(dimension), .tensor(indices), .real(value))
  }
  /// A copy with the elements of `source` at the indices along a dimension.
  public func scattering(_ source: Tensor, at indices: Tensor, along dimension: Int) -> Tensor {
    Operators.scatterSource.one(
      .tensor(self), .integer(dimension), .tensor(indices), .tensor(source))
  }
  /// The elements where a Boolean tensor of the same shape is true, in row-major order: `[M]`.
  public func elements(where mask: Tensor) -> Tensor {
    Operators.maskedSelect.one(.tensor(self), .tensor(mask))
  }
  /// A copy with the elements of `source` in turn where a Boolean tensor of the same shape is true.
  ///
  /// - Precondition: `source` has an element for each true one, and this tensor's type.
  public func replacing(where mask: Tensor, by source: Tensor) -> Tensor {
    Operators.maskedScatter.one(.tensor(self), .tensor(mask), .tensor(source))
  }
  /// Tensors joined along a dimension.
  public static func concatenated(_ tensors: [Tensor], along dimension: Int = 0) -> Tensor {
    Operators.concatenate.one(.tensors(tensors), .integer(dimension))
  }
  /// Zeros added around the last dimensions: `[left, right, top, bottom, …]`, negative to crop.
  public func padded(_ amounts: [Int]) -> Tensor {
    Operators.pad.one(.tensor(self), .integers(amounts), .integer(0))
  }
  /// The elements converted to another type.
  public func cast(to type: ElementType) -> Tensor {
    Operators.cast.one(.tensor(self), .elementType(type))
  }
  /// A copy with memory of its own.
  public var copy: Tensor { Operators.clone.one(.tensor(self)) }
  /// The same memory, in row-major order; copied only where it was not.
  public var contiguous: Tensor { Operators.contiguous.one(.tensor(self)) }
  /// Images with the channels of a position side by side in memory, which convolutions prefer.
  public var channelsLast: Tensor { Operators.contiguous.one(.tensor(self), .integer(2)) }
}
