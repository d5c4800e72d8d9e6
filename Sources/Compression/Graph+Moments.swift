// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

extension Graph {
  /// Inputs that run through the layers at once.
  private static let tileSize = 64

  /// Second moments of what every layer with a weight matrix reads and gives, by name.
  ///
  /// - Parameters:
  ///   - inputs: `[N, C, H, W]`, or ids `[N, L]`.
  ///   - tensors: Parameters and buffers by name.
  /// - Returns: Sums over inputs and positions.
  func moments(_ inputs: Tensor, tensors: [String: Tensor]) -> [String: LayerMoments] {
    withoutGradients {
      var sums: [String: LayerMoments] = [:]
      for start in stride(from: 0, to: inputs.size(0), by: Self.tileSize) {
        let tile = inputs.slice(start..<min(start + Self.tileSize, inputs.size(0)))
        let outputs = activations(tile, tensors: tensors)
        for (index, layer) in layers.enumerated() where layer.weightShape != nil {
          let read = layer.inputs.first.map { $0 < 0 ? tile : outputs[$0] } ?? tile
          let bias = tensors["\(layer.name).bias"]
          let moments = LayerMoments(
            inputs: layer.hasWindow ? read.secondMoment() : nil,
            outputs: outputs[index].secondMoment(without: bias))
          sums[layer.name] = sums[layer.name].map { $0 + moments } ?? moments
        }
      }
      return sums
    }
  }
}

extension LayerMoments {
  fileprivate static func + (left: LayerMoments, right: LayerMoments) -> LayerMoments {
    let inputs = left.inputs.flatMap { one in right.inputs.map { one + $0 } }
    return LayerMoments(inputs: inputs, outputs: left.outputs + right.outputs)
  }
}

extension Layer {
  /// Whether the weights reach over several positions, so that both sides can be cut.
  fileprivate var hasWindow: Bool { (weightShape?.dropFirst(2).reduce(1, *) ?? 1) > 1 }
}

extension Tensor {
  /// Sums of products of channels over examples and positions.
  fileprivate func secondMoment(without bias: Tensor? = nil) -> Tensor {
    // The values of a word lie in the last dimension, those of an image's position in the second.
    let dimension = rank == 3 ? 2 : 1
    let channels = size(dimension)
    let rows = transposed(0, dimension).contiguous.reshaped([channels, -1]).cast(to: .float64)
    let plain = bias.map { rows - $0.cast(to: .float64).reshaped([channels, 1]) } ?? rows
    return plain.matrixProduct(plain.transposed(0, 1))
  }
}
