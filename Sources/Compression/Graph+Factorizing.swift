// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

extension Graph {
  /// The same graph with layers as chains of factors, and its parameters.
  ///
  /// A linear layer `fc` becomes `fc.down` and `fc.up`, so does a table of words, and so does a convolution whose outputs alone are
  /// cut; one that is cut on both sides becomes `conv.down`, `conv.core` and `conv.up`.
  ///
  /// - Parameters:
  ///   - parameters: The parameters of this graph.
  ///   - factored: Factors by the name of their layer; other layers stay as they are.
  /// - Returns: The longer graph and its parameters, in the order of the layers.
  func factorized(
    _ parameters: ParameterSet, by factored: [String: LayerFactors]
  ) -> (graph: Graph, parameters: ParameterSet) {
    var result = ParameterSet()
    let graph = rewritten { graph, index, inputs in
      let layer = layers[index]
      guard let factors = factored[layer.name] else {
        for (name, weight) in parameters.parameters where layer.owns(name) {
          result[name] = weight
        }
        return graph.append(layer.name, layer.operation, reading: inputs)
      }
      var inputs = inputs
      for part in layer.chain(factors) {
        inputs = [graph.append(part.name, part.operation, reading: inputs)]
        result["\(part.name).weight"] = .dense(part.weight)
      }
      if let bias = parameters["\(layer.name).bias"], let last = graph.layers.last {
        result["\(last.name).bias"] = bias
      }
      return inputs[0]
    }
    for (name, value) in parameters.buffers { result[buffer: name] = value }
    return (graph, result)
  }
}

/// One layer of a chain, and its weight.
private struct Link {
  let name: String
  let operation: Layer.Operation
  let weight: Tensor
}

extension Layer {
  fileprivate func owns(_ parameter: String) -> Bool {
    parameter.hasPrefix("\(name).") && !parameter.dropFirst(name.count + 1).contains(".")
  }

  fileprivate func chain(_ factors: LayerFactors) -> [Link] {
    let core = factors.core
    switch operation {
    case .linear(let input, let output, let bias):
      guard let up = factors.up else { preconditionFailure("\(name) has no factors") }
      let rank = up.size(1)
      return [
        Link(
          name: "\(name).down", operation: .linear(input: input, output: rank, bias: false),
          weight: core.parameter([rank, input])),
        Link(
          name: "\(name).up", operation: .linear(input: rank, output: output, bias: bias),
          weight: up.parameter([output, rank])),
      ]
    case .convolution(let input, let output, let kernel, let stride, let padding, let bias):
      var links: [Link] = []
      if let down = factors.down {
        let rank = down.size(0)
        links.append(
          Link(
            name: "\(name).down",
            operation: .convolution(input: input, output: rank, kernel: 1, bias: false),
            weight: down.parameter([rank, input, 1, 1])))
      }
      links.append(
        Link(
          name: factors.down == nil ? "\(name).down" : "\(name).core",
          operation: .convolution(
            input: core.size(1), output: core.size(0), kernel: kernel, stride: stride,
            padding: padding, bias: bias && factors.up == nil),
          weight: core.parameter([core.size(0), core.size(1), kernel, kernel])))
      if let up = factors.up {
        let rank = up.size(1)
        links.append(
          Link(
            name: "\(name).up",
            operation: .convolution(input: rank, output: output, kernel: 1, bias: bias),
            weight: up.parameter([output, rank, 1, 1])))
      }
      return links
    case .embedding(let words, let width):
      guard let up = factors.up else { preconditionFailure("\(name) has no factors") }
      let rank = up.size(1)
      return [
        Link(
          name: "\(name).down", operation: .embedding(words: words, width: rank),
          weight: core.reshaped([rank, words - 1]).transposed(0, 1).parameter([words - 1, rank])),
        Link(
          name: "\(name).up", operation: .linear(input: rank, output: width, bias: false),
          weight: up.parameter([width, rank])),
      ]
    case .wordConvolution(let input, let output, let width, let bias):
      return wordChain(factors, input: input, output: output, width: width, bias: bias)
    default:
      preconditionFailure("\(name) has no weight matrix")
    }
  }

  /// A narrower convolution over words between matrices that are applied word by word.
  private func wordChain(
    _ factors: LayerFactors, input: Int, output: Int, width: Int, bias: Bool
  ) -> [Link] {
    let core = factors.core
    var links: [Link] = []
    if let down = factors.down {
      let rank = down.size(0)
      links.append(
        Link(
          name: "\(name).down", operation: .linear(input: input, output: rank, bias: false),
          weight: down.parameter([rank, input])))
    }
    links.append(
      Link(
        name: factors.down == nil ? "\(name).down" : "\(name).core",
        operation: .wordConvolution(
          input: core.size(1), output: core.size(0), width: width,
          bias: bias && factors.up == nil),
        weight: core.parameter([core.size(0), core.size(1), width])))
    if let up = factors.up {
      let rank = up.size(1)
      links.append(
        Link(
          name: "\(name).up", operation: .linear(input: rank, output: output, bias: bias),
          weight: up.parameter([output, rank])))
    }
    return links
  }
}

extension Tensor {
  /// A copy in single precision, in row-major order.
  fileprivate func parameter(_ shape: [Int]) -> Tensor {
    contiguous.reshaped(shape).cast(to: .float32).contiguous.copy
  }
}
