// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

extension Graph {
  /// The layers with a choice of the largest values behind every rectifier.
  func keepingLargest(_ share: Double) -> Graph {
    rewritten { result, index, inputs in
      let layer = layers[index]
      let output = result.append(layer.name, layer.operation, reading: inputs)
      guard layer.isRectifier else { return output }
      return result.append("choose\(index)", .keepLargest(share: share), reading: [output])
    }
  }

  /// The layers with a gate behind every rectifier.
  ///
  /// A gate predicts from what the layer before the rectifier reads, so that what is left out need not be
  /// computed; behind a sum it predicts from the sum itself.
  ///
  /// - Parameters:
  ///   - share: The share of blocks that stays.
  ///   - width: Neighbouring channels of a block.
  ///   - input: An input of the model, `[N, C, H, W]`, from which shapes are found.
  ///   - tensors: Parameters and buffers by name.
  /// - Returns: A graph whose gates have parameters besides.
  func gating(_ share: Double, width: Int, input: Tensor, tensors: [String: Tensor]) -> Graph {
    let shapes = withoutGradients { activations(input, tensors: tensors).map(\.shape) }
    func channels(of source: Int) -> Int {
      guard source >= 0 else { return input.size(1) }
      switch layers[source].operation {
      case .flatten, .quantize: return channels(of: layers[source].inputs[0])
      default: return shapes[source][1]
      }
    }
    var moved = [-1: -1]
    return rewritten { result, index, inputs in
      let layer = layers[index]
      var output = result.append(layer.name, layer.operation, reading: inputs)
      if layer.isRectifier {
        let source = producer(of: index).map { layers[$0].inputs[0] } ?? index
        moved[index] = output
        output = result.append(
          "gate\(index)",
          .gate(
            input: channels(of: source), blocks: (shapes[index][1] + width - 1) / width,
            width: width, share: share),
          reading: [output, moved[source] ?? source])
      }
      moved[index] = output
      return output
    }
  }
}

extension Layer {
  /// Whether small values of hidden units become zero, or close to it.
  var isRectifier: Bool {
    switch operation {
    case .relu, .maxPoolRelu, .gelu: true
    default: false
    }
  }
}
