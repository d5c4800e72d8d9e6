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
      for layer in item.group.producers + item.group.positions {
        cuts[layer].outputs = item.channels
      }
      for member in item.group.norms {
        cuts[member.layer].outputs = item.entries(of: member)
      }
      for member in item.group.consumers {
        cuts[member.layer].goneInputs.formUnion(item.goneEntries(of: member))
      }
    }
    let graph = rewritten { graph, index, inputs in
      graph.append(
        layers[index].name, layers[index].operation.narrowed(cuts[index]), reading: inputs)
    }
    var left = parameters
    for (layer, cut) in zip(layers, cuts) {
      for piece in layer.operation.pieces(cut) {
        let name = "\(layer.name).\(piece.parameter)"
        left[name] = left[name]?.keeping(piece.entries, along: piece.dimension)
      }
      for name in ["running_mean", "running_var"].map({ "\(layer.name).\($0)" }) {
        if let outputs = cut.outputs { left[buffer: name] = left[buffer: name]?.rows(outputs) }
      }
    }
    return (graph, left)
  }
}

/// What stays of one layer's outputs, nil for everything, and which of its inputs go.
private struct Cut {
  var outputs: [Int]?
  var goneInputs: Set<Int> = []

  /// The inputs that stay, of so many.
  func inputs(of count: Int) -> [Int]? {
    goneInputs.isEmpty ? nil : (0..<count).filter { !goneInputs.contains($0) }
  }
}

extension KeptChannels {
  /// The inputs of a layer that belong to channels that stay.
  fileprivate func entries(of member: ChannelGroup.Member) -> [Int] {
    channels.flatMap { channel in
      (0..<member.positions).map { member.offset + channel * member.positions + $0 }
    }
  }

  fileprivate func goneEntries(of member: ChannelGroup.Member) -> [Int] {
    let all = member.offset..<member.offset + group.channels * member.positions
    return Array(Set(all).subtracting(entries(of: member)))
  }
}

/// Entries that stay along one dimension of a parameter.
private struct Piece {
  let parameter: String
  let entries: [Int]
  let dimension: Int
}

extension Layer.Operation {
  fileprivate func narrowed(_ cut: Cut) -> Layer.Operation {
    func outputs(_ count: Int) -> Int { cut.outputs?.count ?? count }
    func inputs(_ count: Int) -> Int { count - cut.goneInputs.count }
    switch self {
    case .convolution(let input, let output, let kernel, let stride, let padding, let bias):
      return .convolution(
        input: inputs(input), output: outputs(output), kernel: kernel, stride: stride,
        padding: padding, bias: bias)
    case .linear(let input, let output, let bias):
      return .linear(input: inputs(input), output: outputs(output), bias: bias)
    case .wordConvolution(let input, let output, let width, let bias):
      return .wordConvolution(
        input: inputs(input), output: outputs(output), width: width, bias: bias)
    case .lstm(let input, let hidden):
      return .lstm(input: inputs(input), hidden: outputs(hidden))
    case .embedding(let words, let width): return .embedding(words: words, width: outputs(width))
    case .position(let length, let width):
      return .position(length: length, width: outputs(width))
    case .batchNorm(let channels): return .batchNorm(channels: outputs(channels))
    case .layerNorm(let channels): return .layerNorm(channels: outputs(channels))
    default: return self
    }
  }

  /// What stays of each parameter that is cut.
  fileprivate func pieces(_ cut: Cut) -> [Piece] {
    var pieces: [Piece] = []
    func keep(_ parameters: [String], _ entries: [Int]?, along dimension: Int) {
      guard let entries else { return }
      pieces += parameters.map { Piece(parameter: $0, entries: entries, dimension: dimension) }
    }
    switch self {
    case .embedding, .position:
      keep(["weight"], cut.outputs, along: 1)
    case .lstm(let input, let hidden):
      let gates = cut.outputs.map { units in
        (0..<4).flatMap { gate in units.map { gate * hidden + $0 } }
      }
      keep(["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"], gates, along: 0)
      keep(["weight_hh_l0"], cut.outputs, along: 1)
      keep(["weight_ih_l0"], cut.inputs(of: input), along: 1)
    case .convolution(let input, _, _, _, _, _), .linear(let input, _, _),
      .wordConvolution(let input, _, _, _):
      keep(["weight", "bias"], cut.outputs, along: 0)
      keep(["weight"], cut.inputs(of: input), along: 1)
    case .batchNorm, .layerNorm:
      keep(["weight", "bias"], cut.outputs, along: 0)
    default:
      break
    }
    return pieces
  }
}

extension Weight {
  fileprivate func keeping(_ indices: [Int], along dimension: Int) -> Weight {
    let chosen = Tensor(indices)
    let values = applied.rows(chosen, along: dimension)
    return mask.map { .masking(values, with: $0.rows(chosen, along: dimension)) } ?? .dense(values)
  }
}
