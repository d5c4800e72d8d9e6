// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import RobustCore
import Statistics
import Testing
import Torch

@testable import Compression

@Suite("Coupled channels", .timeLimit(.minutes(15)))
struct ChannelGroupTests {
  /// A group in words: producers, channels, norms, and consumers with their inputs a channel.
  private func words(_ group: ChannelGroup, _ graph: Graph) -> String {
    func names(_ layers: [Int]) -> String {
      layers.map { graph.layers[$0].name }.joined(separator: "+")
    }
    let readers = group.consumers.map { "\(graph.layers[$0.layer].name)*\($0.positions)" }
    return "\(names(group.producers)) \(group.channels)"
      + " [\(names(group.norms.map(\.layer)))] > \(readers.joined(separator: "+"))"
      + (group.isFixed ? " fixed" : "")
  }

  /// The groups of the native models, derived by hand from their definitions.
  private static let byHand = [
    "mlp": ["fc1 256 [] > fc2*1", "fc2 256 [] > fc3*1", "fc3 5 [] >  fixed"],
    "cnn": [
      "conv1 32 [] > conv2*1", "conv2 64 [] > fc1*16", "fc1 128 [] > fc2*1", "fc2 5 [] >  fixed",
    ],
    "lenet5": [
      "conv1 6 [] > conv2*1", "conv2 16 [] > fc1*4", "fc1 120 [] > fc2*1", "fc2 84 [] > fc3*1",
      "fc3 5 [] >  fixed",
    ],
    "resnet8": [
      "conv1+block1.conv2 16 [bn1+block1.bn2] > block1.conv1*1+block2.conv1*1+block2.shortcut*1",
      "block1.conv1 16 [block1.bn1] > block1.conv2*1",
      "block2.conv1 32 [block2.bn1] > block2.conv2*1",
      "block2.conv2+block2.shortcut 32 [block2.bn2+block2.bn3] > block3.conv1*1+block3.shortcut*1",
      "block3.conv1 64 [block3.bn1] > block3.conv2*1",
      "block3.conv2+block3.shortcut 64 [block3.bn2+block3.bn3] > fc*1",
      "fc 5 [] >  fixed",
    ],
  ]

  @Test("Additions, norms, pools and flattening couple layers", arguments: byHand)
  func groups(name: String, expected: [String]) {
    let graph = GraphArchitecture.native(name).graph
    #expect(graph.channelGroups.map { words($0, graph) } == expected)
  }

  @Test("A norm after flattening has several entries for each channel")
  func flattenedNorm() {
    var graph = Graph()
    graph.append("conv", .convolution(input: 1, output: 3, kernel: 1))
    graph.append("flatten", .flatten)
    graph.append("bn", .batchNorm(channels: 12))
    graph.append("fc", .linear(input: 12, output: 2))
    let group = graph.channelGroups[0]
    #expect(group.norms.map(\.positions) == [4])
    #expect(group.consumers.map(\.positions) == [4])
  }

  @Test("What is added to the input, or to the logits, stays whole")
  func fixedSums() {
    var graph = Graph()
    graph.append("conv1", .convolution(input: 1, output: 1, kernel: 3, padding: 1))
    graph.append("add1", .add, reading: [0, -1])
    graph.append("flatten", .flatten)
    let first = graph.append("fc1", .linear(input: 16, output: 4))
    let second = graph.append("fc2", .linear(input: 16, output: 4), reading: [2])
    graph.append("add2", .add, reading: [first, second])
    let groups = graph.channelGroups
    #expect(groups.map(\.isFixed) == groups.map { _ in true })
    #expect(groups.contains { $0.producers == [first, second] })
  }

  @Test("A sum of a flattened image and of features couples nothing, and both stay whole")
  func unlikeSums() {
    var graph = Graph()
    graph.append("conv1", .convolution(input: 1, output: 4, kernel: 1))
    let flat = graph.append("flatten", .flatten)
    graph.append("flatten2", .flatten, reading: [-1])
    let fc = graph.append("fc1", .linear(input: 4, output: 16))
    graph.append("add", .add, reading: [flat, fc])
    graph.append("fc2", .linear(input: 16, output: 2))
    #expect(graph.channelGroups.map(\.isFixed) == [true, true, true])
  }

  private static let models =
    ["mlp", "cnn", "lenet5", "resnet8"].map(GraphArchitecture.native)
    + (0..<6).map { GraphArchitecture.random(seed: $0) }

  @Test("Cutting channels gives the logits of zeroing them", arguments: models.indices)
  func cutting(index: Int) throws {
    let architecture = Self.models[index]
    let classifier = architecture.trained
    let stream = RandomKey(seed: UInt64(index)).split("cut").stream()
    let kept = architecture.graph.channelGroups.filter { !$0.isFixed }.map { group in
      let chosen = (0..<group.channels).filter { _ in stream.uniform() < 0.4 }
      return KeptChannels(group: group, channels: chosen.isEmpty ? [0] : chosen)
    }
    let cut = architecture.graph.narrowed(classifier.parameters, keeping: kept)
    let smaller = classifier.replacing(
      architecture: architecture.replacing(cut.graph), parameters: cut.parameters)
    let images = normal([3, 2, 16, 16], "images")
    let zeroed = classifier.replacing(parameters: zeroing(classifier, but: kept))
    let expected = try zeroed.network.logits(images)
    #expect(distance(try smaller.network.logits(images), expected) <= 1e-4, "float32, 784 terms")
    // The narrowest random models can be dead as they are.
    let moved = distance(try classifier.network.logits(images), expected)
    #expect(index >= 4 || moved > 0.01)
    #expect(
      smaller.sparsity > 0.3 && smaller.parameters.nonZeroCount <= zeroed.parameters.nonZeroCount)
    // What is stored has exactly the shapes that the graph asks for.
    let fresh = architecture.replacing(cut.graph).initialParameters(random: RandomKey(seed: 1))
    #expect(fresh.names.sorted() == cut.parameters.names.sorted())
    for (name, tensor) in fresh.applied {
      #expect(cut.parameters.applied[name]?.shape == tensor.shape, "\(name)")
    }
  }

  /// The whole model with nothing in the rows, biases and norms of the channels that go.
  private func zeroing(_ classifier: Classifier, but kept: [KeptChannels]) -> ParameterSet {
    var set = classifier.parameters
    let graph = (classifier.architecture as? GraphArchitecture)?.graph ?? Graph()
    for item in kept {
      let members =
        item.group.producers.map { ($0, 1) } + item.group.norms.map { ($0.layer, $0.positions) }
      for (layer, positions) in members {
        let rows = Set(
          item.channels.flatMap { channel in (0..<positions).map { channel * positions + $0 } })
        for part in ["weight", "bias"] {
          let name = "\(graph.layers[layer].name).\(part)"
          guard let tensor = set[name]?.applied else { continue }
          let stays = Tensor((0..<tensor.size(0)).map { Float(rows.contains($0) ? 1 : 0) })
          let shape = [-1] + Array(repeating: 1, count: tensor.rank - 1)
          set[name] = .dense(tensor * stays.reshaped(shape))
        }
      }
    }
    return set
  }
}
