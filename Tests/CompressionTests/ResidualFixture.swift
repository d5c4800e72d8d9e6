// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Statistics
import Torch

extension Classifier {
  /// One residual block with a convolution in its shortcut, and norms whose statistics have moved.
  ///
  /// - Parameter sparsity: The share of every prunable parameter that a mask takes away by lot.
  /// - Returns: The same model each time.
  static func residual(sparsity: Double = 0) -> Classifier {
    var graph = Graph()
    graph.append("normalize", .normalize(mean: [0.4], deviation: [0.3]))
    graph.append("conv1", .convolution(input: 1, output: 6, kernel: 3, padding: 1, bias: false))
    graph.append("bn1", .batchNorm(channels: 6))
    let start = graph.append("relu1", .relu)
    graph.append(
      "block.conv2",
      .convolution(input: 6, output: 8, kernel: 3, stride: 2, padding: 1, bias: false))
    graph.append("block.bn2", .batchNorm(channels: 8))
    graph.append("block.relu2", .relu)
    graph.append("block.conv3", .convolution(input: 8, output: 8, kernel: 3, padding: 1))
    let main = graph.append("block.bn3", .batchNorm(channels: 8))
    graph.append(
      "block.shortcut", .convolution(input: 6, output: 8, kernel: 1, stride: 2, bias: false),
      reading: [start])
    let shortcut = graph.append("block.bn4", .batchNorm(channels: 8))
    graph.append("block.add", .add, reading: [main, shortcut])
    graph.append("block.relu3", .relu)
    graph.append("pool", .globalAveragePool)
    graph.append("flatten", .flatten)
    graph.append("fc", .linear(input: 8, output: 3))
    let architecture = GraphArchitecture(
      name: "residual", inputShape: [1, 8, 8], classes: 3, graph: graph)
    let random = RandomKey(seed: 6)
    var parameters = architecture.initialParameters(random: random)
    for (name, value) in parameters.buffers {
      let drawn = Tensor(shape: value.shape) {
        random.split(name).stream().fillUniform($0, low: 0.5, high: 1.5)
      }
      parameters[buffer: name] = name.hasSuffix("mean") ? drawn - 1 : drawn
    }
    for name in architecture.prunable where sparsity > 0 {
      guard let values = parameters[name]?.applied else { continue }
      let drawn = Tensor(shape: values.shape) {
        random.split("mask/\(name)").stream().fillUniform($0, low: 0, high: 1)
      }
      parameters[name] = .masking(values, with: drawn .> sparsity)
    }
    return Classifier(architecture: architecture, parameters: parameters)
  }
}
