// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

extension ParameterSet {
  /// Where a weight's mask lies beside its values.
  private static let maskSuffix = "#mask"

  /// Everything that is stored, masks included, in a form that ``init(_:like:subject:)`` reads.
  public var safetensors: Safetensors {
    var tensors = plainTensors
    for (name, weight) in parameters {
      if let mask = weight.mask { tensors[name + Self.maskSuffix] = mask }
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
    func tensor(
      _ name: String, _ shape: [Int], _ type: ElementType
    ) throws(CheckpointError) -> Tensor {
      let found = file.tensors[name]
      guard let found, found.shape == shape, found.elementType == type else {
        throw CheckpointError(
          .mismatched, subject: subject,
          detail: "'\(name)' is \(found.map { "\($0.elementType) \($0.shape)" } ?? "missing"),"
            + " expected \(type) \(shape)",
          remedy: "use the checkpoint of this model")
      }
      return found
    }
    self = template
    for (name, weight) in template.parameters {
      let expected = weight.applied
      let values = try tensor(name, expected.shape, expected.elementType)
      let maskName = name + Self.maskSuffix
      self[name] =
        file.tensors[maskName] == nil
        ? .dense(values)
        : .masking(values, with: try tensor(maskName, expected.shape, .bool))
    }
    for (name, value) in template.buffers {
      self[buffer: name] = try tensor(name, value.shape, value.elementType)
    }
  }
}
