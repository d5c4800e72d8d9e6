// SPDX-License-Identifier: GPL-3.0-or-later

internal import CTorch

/// Activations as codes of 8 bits, from 0 to 255: each stands for `scale · (code − zeroPoint)`.
public struct CodedTensor: Sendable {
  private let tensor: Tensor

  private init(_ tensor: Tensor) { self.tensor = tensor }

  /// Rounds to the nearest of the numbers.
  public init(_ values: Tensor, scale: Double, zeroPoint: Int) {
    // 13 is libtorch's number for unsigned quantised codes of 8 bits.
    tensor = Operators.quantize.one(
      .tensor(values), .real(scale), .integer(zeroPoint), .integer(13))
  }

  /// The numbers that the codes stand for, in single precision.
  public var values: Tensor { Operators.dequantize.one(.tensor(tensor)) }

  /// The largest value of every square window.
  public func maxPooled(_ size: Int, stride: Int) -> CodedTensor {
    CodedTensor(tensor.maxPooled(size, stride: stride, padding: 0))
  }

  /// All dimensions but the first become one.
  public var flattened: CodedTensor { CodedTensor(tensor.contiguous.flattenedExamples) }

  /// What a layer of integers gives, on a grid of its own.
  fileprivate func applied(
    _ layer: CTorchIntegerLayerRef, rectifies: Bool, scale: Double, zeroPoint: Int
  ) -> CodedTensor {
    var result: CTorchTensorRef?
    let status = api.integer_layer_run(
      layer, tensor.storage.handle, rectifies, scale, Int64(zeroPoint), &result)
    expectSuccess(status, "integer_layer_run")
    return CodedTensor(Tensor.owned(result))
  }
}

/// A convolution or matrix whose weights and inputs are multiplied as integers of 8 bits.
public final class IntegerLayer: Sendable {
  // Sendable for the reason given at `Tensor.Storage`.
  nonisolated(unsafe) private let handle: CTorchIntegerLayerRef

  /// What multiplies the integers, such as `ONEDNN`; nil where this libtorch has no kernels for them.
  public static var engine: String? { api.integer_engine().map { String(cString: $0) } }

  /// Packs weights; nil where the engine refuses them.
  ///
  /// - Parameters:
  ///   - codes: `[O, I, H, W]` for a convolution, `[O, I]` for a matrix; 8-bit integers.
  ///   - scales: `[O]`; what a code stands for is itself times its channel's.
  ///   - bias: `[O]`.
  ///   - stride: Positions between two windows.
  ///   - padding: Zeros added on every side.
  public init?(codes: Tensor, scales: Tensor, bias: Tensor?, stride: Int = 1, padding: Int = 0) {
    var created: CTorchIntegerLayerRef?
    let status = api.integer_layer_create(
      codes.storage.handle, scales.storage.handle, bias?.storage.handle, Int64(stride),
      Int64(padding), &created)
    guard status == 0, let created else { return nil }
    handle = created
  }

  deinit { api.integer_layer_release(handle) }

  /// Multiplies, and rounds the sums to another grid.
  ///
  /// - Parameters:
  ///   - input: Activations.
  ///   - rectifies: Whether negative sums become zero first.
  ///   - scale: The distance of two numbers of the result.
  ///   - zeroPoint: The result's code of zero.
  /// - Returns: The rounded sums.
  public func applied(
    to input: CodedTensor, rectifies: Bool, scale: Double, zeroPoint: Int
  ) -> CodedTensor {
    input.applied(handle, rectifies: rectifies, scale: scale, zeroPoint: zeroPoint)
  }
}
