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

  /// Reads a set with the names and shapes of another one.
  ///
  /// - Throws: ``CheckpointError`` with code `mismatched`.
  public init(
    _ file: Safetensors, like template: ParameterSet, subject: String
  ) throws(CheckpointError) {
    func tensor(_ name: String, like expected: Tensor) throws(CheckpointError) -> Tensor {
      guard let found = file.tensors[name], found.shape == expected.shape else {
        throw CheckpointError(
          .mismatched, subject: subject,
          detail: "'\(name)' is \(file.tensors[name].map { "\($0.shape)" } ?? "missing"),"
            + " expected \(expected.shape)",
          remedy: "use the checkpoint of this model")
      }
      return found
    }
    self = template
    for (name, weight) in template.parameters {
      let values = try tensor(name, like: weight.applied)
      self[name] =
        if let mask = file.tensors[name + Self.maskSuffix] {
          .masked(values: values, mask: mask)
        } else {
          .dense(values)
        }
    }
    for (name, value) in template.buffers {
      self[buffer: name] = try tensor(name, like: value)
    }
  }
}
