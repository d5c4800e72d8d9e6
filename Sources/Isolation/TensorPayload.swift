// SPDX-License-Identifier: GPL-3.0-or-later

import Torch

/// Tensors inside of a frame: type, rank, two zeros, the size of every dimension in four bytes each, then
/// the elements in row-major order.
enum TensorPayload {
  private static let largestRank = 8
  private static let types: [UInt8: ElementType] = [1: .float32, 2: .int64]

  /// The bytes of a tensor.
  ///
  /// - Precondition: Single precision or 64-bit integers.
  static func encoded(_ tensor: Tensor) -> [UInt8] {
    guard let type = types.first(where: { $0.value == tensor.elementType })?.key else {
      preconditionFailure("a tensor of type \(tensor.elementType) is never sent")
    }
    let shape = tensor.shape
    var bytes: [UInt8] = [type, UInt8(shape.count), 0, 0]
    for size in shape { bytes.append(number: UInt32(size)) }
    bytes += tensor.bytes
    return bytes
  }

  /// Reads a tensor.
  ///
  /// - Throws: ``IsolationError`` with code `malformedTensor` where its size is not what its type and
  ///   shape ask for; nothing is reserved before that is known.
  static func decoded(_ bytes: [UInt8]) throws(IsolationError) -> Tensor {
    guard bytes.count >= 4, let type = types[bytes[0]], bytes[2] == 0, bytes[3] == 0 else {
      throw IsolationError(.malformedTensor, detail: "a tensor of no known type")
    }
    let rank = Int(bytes[1])
    let start = 4 + 4 * rank
    guard (1...largestRank).contains(rank), bytes.count >= start else {
      throw IsolationError(
        .malformedTensor, detail: "a tensor of \(rank) dimensions in \(bytes.count) bytes")
    }
    let shape = (0..<rank).map { Int(bytes.number(at: 4 + 4 * $0)) }
    var size = type.bytes
    for dimension in shape {
      // An empty batch would ask for nothing, and a product of sizes must not overflow.
      let (product, overflows) = size.multipliedReportingOverflow(by: dimension)
      guard dimension > 0, !overflows else {
        throw IsolationError(.malformedTensor, detail: "a tensor of shape \(shape)")
      }
      size = product
    }
    guard size == bytes.count - start else {
      throw IsolationError(
        .malformedTensor,
        detail: "\(bytes.count - start) bytes for a tensor of shape \(shape), expected \(size)")
    }
    return Tensor(bytes: bytes[start...], shape: shape, type: type)
  }
}
