// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

extension ParameterSet {
  /// Everything that is stored, in a form that ``init(_:like:subject:)`` reads.
  ///
  /// Beside a masked weight lies its mask. In the place of a quantised one lie its codes, a byte each,
  /// its scale, zero point and width.
  public var safetensors: Safetensors {
    var tensors = plainTensors
    for (name, weight) in parameters {
      tensors[name + WeightPart.mask] = weight.mask
      guard case .quantized(let quantized) = weight else { continue }
      tensors[name] = nil
      tensors[name + WeightPart.codes] = quantized.codes
      tensors.merge(WeightPart.grid(quantized.grid, of: name)) { $1 }
    }
    return Safetensors(tensors)
  }

  /// What the model computes with, under PyTorch's names, as other programs expect it.
  public var plainTensors: [String: Tensor] { applied }

  /// Reads a set with the names, shapes and types of another one.
  ///
  /// - Throws: ``CheckpointError`` with code `mismatched`.
  public init(
    _ file: Safetensors, like template: ParameterSet, subject: String
  ) throws(CheckpointError) {
    self = template
    for (name, weight) in template.parameters {
      let expected = weight.applied
      let hasMask = file.tensors[name + WeightPart.mask] != nil
      let mask =
        hasMask ? try file.tensor(name + WeightPart.mask, expected.shape, .bool, subject) : nil
      if let grid = try file.grid(of: name, channels: expected.shape.first ?? 1, subject: subject) {
        let codes = try file.tensor(name + WeightPart.codes, expected.shape, .int8, subject)
        guard grid.holds(codes) else {
          throw .mismatched(subject, "'\(name)' has codes of more than \(grid.bits) bits")
        }
        self[name] = .quantized(QuantizedTensor(codes: codes, grid: grid, mask: mask))
      } else {
        let values = try file.tensor(name, expected.shape, expected.elementType, subject)
        self[name] = mask.map { .masking(values, with: $0) } ?? .dense(values)
      }
    }
    for (name, value) in template.buffers {
      self[buffer: name] = try file.tensor(name, value.shape, value.elementType, subject)
    }
  }
}

/// What files name the parts of a weight: its own name and one of these endings.
public enum WeightPart {
  /// Which elements are stored.
  public static let mask = "#mask"
  /// The stored elements alone, in order.
  public static let values = "#values"
  /// Integers of a few bits.
  public static let codes = "#codes"
  private static let scale = "#scale"
  private static let zeroPoint = "#zero"
  private static let bits = "#bits"

  /// The tensors that make up a grid, by their names.
  public static func grid(_ grid: QuantizationGrid, of name: String) -> [String: Tensor] {
    [
      name + scale: grid.scale, name + zeroPoint: grid.zeroPoint,
      name + bits: Tensor([UInt8(grid.bits)]),
    ]
  }

  fileprivate static func gridNames(of name: String) -> (bits: String, scale: String, zero: String)
  {
    (name + bits, name + scale, name + zeroPoint)
  }
}

extension Safetensors {
  /// The grid of a parameter, or nil where it is not quantised.
  ///
  /// - Throws: ``CheckpointError`` with code `mismatched`.
  public func grid(
    of name: String, channels: Int, subject: String
  ) throws(CheckpointError) -> QuantizationGrid? {
    let names = WeightPart.gridNames(of: name)
    let codes = tensors[name + WeightPart.codes]
    let (bits, scale, zero) = (tensors[names.bits], tensors[names.scale], tensors[names.zero])
    if codes == nil, bits == nil, scale == nil, zero == nil { return nil }
    guard let bits, let scale, let zero, codes != nil else {
      throw .mismatched(
        subject, "'\(name)' lacks its codes, or their width, scale or zero point")
    }
    guard bits.elementType == .uint8, bits.count == 1 else {
      throw .mismatched(subject, "the width of '\(name)' is \(bits.elementType) \(bits.shape)")
    }
    let width = Int(bits.elements(of: UInt8.self)[0])
    if let fault = QuantizationGrid.fault(
      bits: width, scale: scale, zeroPoint: zero, channels: channels)
    {
      throw .mismatched(subject, "'\(name)' has \(fault)")
    }
    return QuantizationGrid(bits: width, scale: scale, zeroPoint: zero)
  }

  fileprivate func tensor(
    _ name: String, _ shape: [Int], _ type: ElementType, _ subject: String
  ) throws(CheckpointError) -> Tensor {
    let found = tensors[name]
    guard let found, found.shape == shape, found.elementType == type else {
      throw .mismatched(
        subject,
        "'\(name)' is \(found.map { "\($0.elementType) \($0.shape)" } ?? "missing"),"
          + " expected \(type) \(shape)")
    }
    return found
  }
}

extension QuantizationGrid {
  /// Whether every code of a tensor is one of this grid's.
  fileprivate func holds(_ tensor: Tensor) -> Bool {
    tensor.elements(of: Int8.self).allSatisfy { codes.contains(Int($0)) }
  }
}
