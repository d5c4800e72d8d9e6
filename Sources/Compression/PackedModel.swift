// SPDX-License-Identifier: GPL-3.0-or-later

public import RobustCore
import Torch

/// The smallest file that gives a model back exactly: what "bytes on disk" means in a report.
///
/// A gzip file around safetensors. A masked weight takes two tensors: `NAME#mask`, one bit for each
/// element, first element in the lowest bit, and `NAME#values`, the kept elements in order. A quantised
/// one takes `NAME#codes`, of the kept elements alone, 4 bits two and 2 bits four to a byte, counted
/// from the lowest code; its scale, zero point and width lie beside them.
public enum PackedModel {
  private static let flags = BitPacking(bits: 1)

  /// The file's bytes.
  public static func encoded(_ parameters: ParameterSet) -> [UInt8] {
    var tensors = Dictionary(
      uniqueKeysWithValues: parameters.buffers.map { ($0.name, $0.value) })
    for (name, weight) in parameters.parameters {
      tensors[name + WeightPart.mask] = weight.mask.map {
        flags.packed($0.cast(to: .float32).reshaped([-1]))
      }
      switch weight {
      case .dense(let values):
        tensors[name] = values
      case .masked(let values, let mask):
        tensors[name + WeightPart.values] = values.elements(where: mask)
      case .quantized(let quantized):
        let codes = quantized.mask.map { quantized.codes.elements(where: $0) }
        tensors[name + WeightPart.codes] = packed(
          codes ?? quantized.codes.reshaped([-1]), quantized.grid)
        tensors.merge(WeightPart.grid(quantized.grid, of: name)) { $1 }
      }
    }
    return Gzip.compressed(Safetensors(tensors).encoded())
  }

  /// Reads a file's bytes.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - template: A set with the names and shapes of the model.
  ///   - subject: The file's name, for errors.
  /// - Returns: The parameters, every bit as it was packed.
  /// - Throws: ``CheckpointError``.
  public static func decoded(
    _ bytes: [UInt8], like template: ParameterSet, subject: String
  ) throws(CheckpointError) -> ParameterSet {
    guard let inner = Gzip.decompressed(bytes) else {
      throw CheckpointError(
        .malformed, subject: subject, detail: "it is no whole gzip file",
        remedy: "write the file again")
    }
    var file = try Safetensors(decoding: inner, subject: subject)
    for (name, weight) in template.parameters {
      try file.unpack(name, shape: weight.applied.shape, subject: subject)
    }
    return try ParameterSet(file, like: template, subject: subject)
  }

  private static func packed(_ codes: Tensor, _ grid: QuantizationGrid) -> Tensor {
    BitPacking(bits: grid.bits).packed(
      codes.cast(to: .float32) - Double(grid.codes.lowerBound))
  }
}

extension Safetensors {
  /// Puts what a parameter's packed parts stand for in their places.
  fileprivate mutating func unpack(
    _ name: String, shape: [Int], subject: String
  ) throws(CheckpointError) {
    let count = shape.reduce(1, *)
    let bits = tensors[name + WeightPart.mask]
    let values = tensors[name + WeightPart.values]
    let grid = try grid(of: name, channels: shape.first ?? 1, subject: subject)
    if bits == nil, values == nil, grid == nil { return }
    var mask: Tensor?
    if let bits {
      let flags = BitPacking(bits: 1)
      guard bits.elementType == .uint8, bits.shape == [flags.byteCount(of: count)] else {
        throw .mismatched(subject, "the mask of '\(name)' does not fit the shape \(shape)")
      }
      mask = flags.unpacked(bits, count: count).cast(to: .bool).reshaped(shape)
    }
    let kept = mask?.nonZeroCount ?? count
    if let grid {
      let packing = BitPacking(bits: grid.bits)
      guard values == nil, let codes = tensors[name + WeightPart.codes],
        codes.elementType == .uint8, codes.shape == [packing.byteCount(of: kept)]
      else {
        throw .mismatched(
          subject, "the codes of '\(name)' do not fit \(kept) elements of shape \(shape)")
      }
      let found = (packing.unpacked(codes, count: kept) + Double(grid.codes.lowerBound))
        .cast(to: .int8)
      tensors[name + WeightPart.codes] = mask.map { found.spread($0) } ?? found.reshaped(shape)
    } else {
      guard let mask, let values, values.elementType == .float32, values.shape == [kept] else {
        throw .mismatched(
          subject,
          "the mask of '\(name)' does not fit \(values?.count ?? 0) values of shape \(shape)")
      }
      tensors[name] = values.spread(mask)
    }
    tensors[name + WeightPart.mask] = mask
    tensors[name + WeightPart.values] = nil
  }
}

extension Tensor {
  /// The elements where a mask is true, zero elsewhere.
  fileprivate func spread(_ mask: Tensor) -> Tensor {
    Tensor(repeating: 0, shape: mask.shape, type: elementType).replacing(where: mask, by: self)
  }
}
