// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

extension Graph {
  /// Runs the layers.
  ///
  /// Activations lie channels-last, which spares convolutions a conversion on either side.
  ///
  /// - Parameters:
  ///   - input: `[N, C, H, W]`.
  ///   - tensors: Parameters and buffers by name.
  ///   - isTraining: Whether batch normalisation uses and moves the batch's statistics.
  /// - Returns: Logits `[N, K]`.
  func run(_ input: Tensor, tensors: [String: Tensor], isTraining: Bool) -> Tensor {
    activations(input, tensors: tensors, isTraining: isTraining).last ?? input
  }

  /// What each layer gives; see ``run(_:tensors:isTraining:)``.
  ///
  /// - Parameters:
  ///   - input: `[N, C, H, W]`.
  ///   - tensors: Parameters and buffers by name.
  ///   - isTraining: Whether batch normalisation uses and moves the batch's statistics.
  /// - Returns: A tensor for each layer, in order.
  public func activations(
    _ input: Tensor, tensors: [String: Tensor], isTraining: Bool = false
  ) -> [Tensor] {
    var outputs: [Tensor] = []
    outputs.reserveCapacity(layers.count)
    for layer in layers {
      let inputs = layer.inputs.map { $0 < 0 ? input : outputs[$0] }
      outputs.append(layer.apply(inputs, tensors: tensors, isTraining: isTraining))
    }
    return outputs
  }
}

extension Layer {
  /// Whether the layer reads images, not features.
  private var isThin: Bool {
    if case .convolution(let input, _, _, _, _, _) = operation { input <= 4 } else { false }
  }

  fileprivate func apply(
    _ inputs: [Tensor], tensors: [String: Tensor], isTraining: Bool
  ) -> Tensor {
    func tensor(_ part: String) -> Tensor {
      guard let tensor = tensors["\(name).\(part)"] else {
        preconditionFailure("the parameter \(name).\(part) is missing")
      }
      return tensor
    }
    let input = inputs[0]
    switch operation {
    case .normalize(let mean, let deviation):
      let shape = [1, mean.count, 1, 1]
      return
        ((input - Tensor(mean.map(Float.init), shape: shape))
        / Tensor(deviation.map(Float.init), shape: shape))
    case .convolution(_, _, _, let stride, let padding, let hasBias):
      let weight = tensor("weight")
      let bias = hasBias ? tensor("bias") : nil
      return isThin
        ? input.thinlyConvolved(weight: weight, bias: bias, stride: stride, padding: padding)
        : input.convolved(weight: weight, bias: bias, stride: stride, padding: padding)
    case .batchNorm:
      return input.batchNormalized(
        scale: tensor("weight"), shift: tensor("bias"), mean: tensor("running_mean"),
        variance: tensor("running_var"), training: isTraining)
    case .relu:
      return input.relu
    case .maxPoolRelu:
      return input.maxPooledRelu
    case .maxPool(let kernel, let stride, let padding):
      return input.maxPooled(kernel, stride: stride, padding: padding)
    case .averagePool(let kernel, let stride, let padding):
      return input.averagePooled(kernel, stride: stride, padding: padding)
    case .globalAveragePool:
      return input.globalAveragePooled
    case .flatten:
      return input.contiguous.flattenedExamples
    case .linear(_, _, let hasBias):
      return input.linear(weight: tensor("weight"), bias: hasBias ? tensor("bias") : nil)
    case .add:
      return input + inputs[1]
    case .window(let columns):
      let seen = (0..<input.size(3)).map { Float(columns.contains($0) ? 1 : 0) }
      return input * Tensor(seen, shape: [1, 1, 1, seen.count])
    case .mean:
      return inputs.dropFirst().reduce(input, +) / Double(inputs.count)
    case .vote(let classes):
      let names = Tensor(Array(0..<classes), shape: [1, classes])
      let votes = inputs.map {
        ($0.detached.indexOfLargest(along: 1).reshaped([-1, 1]) .== names).cast(to: .float32)
      }
      let soft = inputs.dropFirst().reduce(input.softmax()) { $0 + $1.softmax() }
      return votes.dropFirst().reduce(votes[0], +) + (soft - soft.detached)
    }
  }
}
