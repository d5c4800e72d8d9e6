// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// Which channels of a group stay.
struct KeptChannels {
  let group: ChannelGroup
  /// Indices of the channels, ascending.
  let channels: [Int]
}

extension Graph {
  /// The same layers without the channels that go, and what is left of their parameters.
  ///
  /// The logits are those of the whole graph in which the rows that give these channels, their biases
  /// and what their norms scale and shift them with are zero.
  ///
  /// - Parameters:
  ///   - parameters: The parameters of the whole graph.
  ///   - kept: Disjoint groups of this graph; other groups stay whole.
  /// - Returns: The narrower graph and its parameters, under the same names.
  func narrowed(
    _ parameters: ParameterSet, keeping kept: [KeptChannels]
  ) -> (graph: Graph, parameters: ParameterSet) {
    var cuts = [Cut](repeating: Cut(), count: layers.count)
    for item in kept where item.channels.count < item.group.channels {
      for layer in item.group.producers { cuts[layer].outputs = item.channels }
      for member in item.group.norms {
        cuts[member.layer].outputs = item.entries(of: member)
      }
      for member in item.group.consumers {
        cuts[member.layer].inputs = item.entries(of: member)
      }
    }
    let graph = rewritten { graph, index, inputs in
      graph.append(
        layers[index].name, layers[index].operation.narrowed(cuts[index]), reading: inputs)
    }
    var left = parameters
    for (layer, cut) in zip(layers, cuts) {
      for name in ["weight", "bias"].map({ "\(layer.name).\($0)" }) {
        if let outputs = cut.outputs { left[name] = left[name]?.keeping(outputs, along: 0) }
      }
      if let inputs = cut.inputs {
        left["\(layer.name).weight"] = left["\(layer.name).weight"]?.keeping(inputs, along: 1)
      }
      for name in ["running_mean", "running_var"].map({ "\(layer.name).\($0)" }) {
        if let outputs = cut.outputs { left[buffer: name] = left[buffer: name]?.rows(outputs) }
      }
    }
    return (graph, left)
  }
}

/// What stays of one layer; nil for everything.
private struct Cut {
  var outputs: [Int]?
  var inputs: [Int]?
}

extension KeptChannels {
  /// The inputs of a layer that belong to channels that stay.
  fileprivate func entries(of member: ChannelGroup.Member) -> [Int] {
    channels.flatMap { channel in
      (0..<member.positions).map { channel * member.positions + $0 }
    }
  }
}

extension Layer.Operation {
  fileprivate func narrowed(_ cut: Cut) -> Layer.Operation {
    switch self {
    case .convolution(let input, let output, let kernel, let stride, let padding, let bias):
      .convolution(
        input: cut.inputs?.count ?? input, output: cut.outputs?.count ?? output, kernel: kernel,
        stride: stride, padding: padding, bias: bias)
    case .linear(let input, let output, let bias):
      .linear(
        input: cut.inputs?.count ?? input, output: cut.outputs?.count ?? output, bias: bias)
    case .batchNorm(let channels):
      .batchNorm(channels: cut.outputs?.count ?? channels)
    default:
      self
    }
  }
}

extension Weight {
  fileprivate func keeping(_ indices: [Int], along dimension: Int) -> Weight {
    let chosen = Tensor(indices)
    let values = applied.rows(chosen, along: dimension)
    return mask.map { .masking(values, with: $0.rows(chosen, along: dimension)) } ?? .dense(values)
  }
}
