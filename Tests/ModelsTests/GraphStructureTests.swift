// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import RobustCore
import Statistics
import Testing
import Torch

@Suite("A graph as text", .timeLimit(.minutes(15)))
struct GraphStructureTests {
  @Test(
    "A native model read from its structure is the same function", arguments: NativeModelTests.names
  )
  func roundTrip(name: String) throws {
    let architecture = GraphArchitecture.named(name)
    let structure = try #require(architecture.structure)
    let again = try GraphArchitecture(
      name: name, inputShape: architecture.inputShape, classes: architecture.classes,
      structure: structure)
    #expect(again.graph == architecture.graph)
    #expect(again.structure == structure)
    let parameters = architecture.initialParameters(random: RandomKey(seed: 3))
    let images = Tensor(repeating: 0.25, shape: [2] + architecture.inputShape)
    #expect(
      try again.network(parameters).logits(images).bytes
        == architecture.network(parameters).logits(images).bytes)
  }

  /// Layers that no native model has: pools of other windows, a linear layer without a bias, and a
  /// norm whose convolution is read elsewhere too, so that it must not be folded.
  @Test("Other layers come back from text, and compute in TorchScript what they compute here")
  func otherLayers() throws {
    var graph = Graph()
    graph.append("0.conv", .convolution(input: 2, output: 3, kernel: 3, padding: 1, bias: false))
    let norm = graph.append("1", .batchNorm(channels: 3))
    graph.append("sum", .add, reading: [norm, 0])
    graph.append("pool1", .maxPool(kernel: 3, stride: 2, padding: 1))
    graph.append("pool2", .averagePool(kernel: 2, stride: 1))
    graph.append("flatten", .flatten)
    graph.append("fc", .linear(input: 27, output: 4, bias: false))
    let architecture = GraphArchitecture(
      name: "other", inputShape: [2, 8, 8], classes: 4, graph: graph)
    let again = try GraphArchitecture(
      name: "other", inputShape: [2, 8, 8], classes: 4,
      structure: #require(architecture.structure))
    #expect(again.graph == graph)
    let parameters = architecture.trainedParameters
    #expect(parameters["fc.bias"] == nil && parameters["0.conv.bias"] == nil)
    let images = normal([3, 2, 8, 8], "images")
    let logits = try architecture.network(parameters).logits(images)
    let layers = graph.activations(images, tensors: parameters.applied)
    #expect(distance(logits, try #require(layers.last)) <= 1e-5)
    #expect(distance(try architecture.exported(parameters).forward(images), logits) <= 1e-5)
  }

  @Test("A text that is no graph is refused", arguments: ["", "{}", "[1]", #"{"layers":[{}]}"#])
  func malformed(text: String) {
    #expect(throws: (any Error).self) {
      try GraphArchitecture(name: "x", inputShape: [1], classes: 2, structure: text)
    }
  }
}
