// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import RobustCore
import Statistics
import Torch

/// The largest difference of two tensors of one shape.
func distance(_ left: Tensor, _ right: Tensor) -> Double {
  guard left.shape == right.shape else { return .infinity }
  let largest = (left - right).absolute.reshaped([-1]).largest(along: [0]).scalar
  return largest.isNaN ? .infinity : largest
}

/// Normal numbers from a stream.
func normal(_ shape: [Int], _ purpose: String, seed: UInt64 = 23) -> Tensor {
  Tensor(shape: shape) {
    RandomKey(seed: seed).split(purpose).stream().fillNormal($0, mean: 0, sigma: 1)
  }
}

extension GraphArchitecture {
  /// The native models for small images.
  static func native(_ name: String) -> GraphArchitecture {
    let input = InputDescription(
      shape: [2, 16, 16], classes: 5, mean: [0.2, 0.3], deviation: [1, 2])
    return switch name {
    case "mlp": .mlp(input)
    case "cnn": .cnn(input)
    case "lenet5": .lenet5(input)
    default: .resnet8(input)
    }
  }

  /// Two convolutions, a residual block with a shortcut, and two linear layers, of random widths.
  static func random(seed: UInt64) -> GraphArchitecture {
    let stream = RandomKey(seed: seed).stream()
    func width() -> Int { 2 + Int(stream.uniform() * 7) }
    let (first, inner, last, units) = (width(), width(), width(), width())
    var graph = Graph()
    graph.append("conv1", .convolution(input: 2, output: first, kernel: 3, padding: 1))
    let start = graph.append("pool1", .maxPoolRelu)
    graph.append(
      "conv2", .convolution(input: first, output: inner, kernel: 3, stride: 2, padding: 1))
    graph.append("bn2", .batchNorm(channels: inner))
    graph.append("relu2", .relu)
    let main = graph.append("conv3", .convolution(input: inner, output: last, kernel: 1))
    graph.append(
      "shortcut", .convolution(input: first, output: last, kernel: 1, stride: 2, bias: false),
      reading: [start])
    let side = graph.append("bn3", .batchNorm(channels: last))
    graph.append("add", .add, reading: [main, side])
    graph.append("relu3", .relu)
    graph.append("flatten", .flatten)
    graph.append("fc1", .linear(input: last * 16, output: units))
    graph.append("relu4", .relu)
    graph.append("fc2", .linear(input: units, output: 3, bias: false))
    return GraphArchitecture(name: "random", inputShape: [2, 16, 16], classes: 3, graph: graph)
  }

  /// Parameters in which no bias is zero and no norm neutral, as after training.
  var trained: Classifier {
    var set = initialParameters(random: RandomKey(seed: 4))
    for (name, weight) in set.parameters where weight.applied.rank == 1 {
      set[name] = .dense(weight.applied + normal(weight.applied.shape, name) * 0.3)
    }
    for (name, value) in set.buffers {
      set[buffer: name] = value + normal(value.shape, name).absolute * 0.5
    }
    return Classifier(architecture: self, parameters: set)
  }
}

extension Graph {
  /// A chain of linear layers with rectifiers between them.
  static func linear(_ widths: [Int]) -> Graph {
    var graph = Graph()
    graph.append("flatten", .flatten)
    for (index, (input, output)) in zip(widths, widths.dropFirst()).enumerated() {
      if index > 0 { graph.append("relu\(index)", .relu) }
      graph.append("fc\(index + 1)", .linear(input: input, output: output))
    }
    return graph
  }
}
