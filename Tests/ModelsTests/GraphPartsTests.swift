// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import RobustCore
import Statistics
import Testing
import Torch

@Suite("A graph in parts", .timeLimit(.minutes(15)))
struct GraphPartsTests {
  @Test("A residual network can be cut between its blocks and not inside of them")
  func cutsOfResiduals() {
    let graph = GraphArchitecture.named("resnet8").graph
    let inside = graph.layers.indices.filter { index in
      let name = graph.layers[index].name
      return name.hasPrefix("block") && !name.hasSuffix(".conv1") && !name.hasSuffix(".relu2")
    }
    // Before a block's first layer and before its last one, a single tensor passes.
    #expect(!inside.isEmpty)
    #expect(graph.cuts.allSatisfy { !inside.contains($0) })
    for name in ["relu1", "block1.conv1", "block2.conv1", "block3.conv1", "block3.relu2", "pool"] {
      let index = graph.layers.firstIndex { $0.name == name }
      #expect(index.map(graph.cuts.contains) == true, "\(name)")
    }
  }

  @Test("Stages by hand")
  func stagesByHand() throws {
    let graph = GraphArchitecture.named("cnn").graph
    func first(_ count: Int) throws -> [String] {
      try #require(graph.stages(count)).map { graph.layers[$0.lowerBound].name }
    }
    #expect(try first(1) == ["normalize"])
    #expect(try first(2) == ["normalize", "fc1"])
    #expect(try first(4) == ["normalize", "conv2", "fc1", "fc2"])
    #expect(graph.stages(5) == nil, "four layers have weights")
  }

  @Test(
    "Stages one after another give the bits of the whole", arguments: NativeModelTests.names,
    [2, 3])
  func stagesAddUp(name: String, count: Int) throws {
    let architecture = GraphArchitecture.named(name)
    let set = architecture.initialParameters(random: RandomKey(seed: 4))
    let images = normal([3] + architecture.inputShape, "images")
    let stages = try #require(architecture.graph.stages(count))
    #expect(stages.count == count)
    #expect(stages.flatMap { Array($0) } == Array(architecture.graph.layers.indices))
    var value = images
    for stage in stages {
      value = try GraphArchitecture(
        name: "stage", inputShape: [], classes: 0, graph: architecture.graph.part(stage)
      ).network(set).logits(value)
    }
    #expect(value.bytes == (try architecture.network(set).logits(images)).bytes)
  }

  /// Members that answer with two columns of the input.
  private static func members(_ combination: Graph.Combination) -> GraphArchitecture {
    let members = [0..<2, 2..<4].enumerated().map { index, columns in
      var graph = Graph()
      graph.append("flatten", .flatten)
      graph.append("fc", .linear(input: 4, output: 2))
      return graph.seeing(columns: columns).prefixed("member\(index + 1).")
    }
    return GraphArchitecture(
      name: "members", inputShape: [1, 1, 4], classes: 2,
      graph: Graph(members: members, combination: combination, classes: 2))
  }

  private static let parameters: ParameterSet = {
    var set = ParameterSet()
    for (index, weights) in [
      [1, 0, 5, 5, 0, 1, 5, 5] as [Float], [5, 5, 2, 0, 5, 5, 0, 2],
    ].enumerated() {
      set["member\(index + 1).fc.weight"] = .dense(Tensor(weights, shape: [2, 4]))
      set["member\(index + 1).fc.bias"] = .dense(Tensor([0, 0] as [Float]))
    }
    return set
  }()

  /// Member 1 answers (a, b) and member 2 answers (2c, 2d) for an image (a, b, c, d).
  private static let image = Tensor([3, 1, 0.5, 4, 1, 3, 1, 4] as [Float], shape: [2, 1, 1, 4])

  @Test("Members see their columns alone, and their logits are averaged")
  func mean() throws {
    let logits = try Self.members(.mean).network(Self.parameters).logits(Self.image)
    #expect(logits.elements(of: Float.self) == [2, 4.5, 1.5, 5.5])
  }

  @Test("A vote counts answers; the gradient that stands in is that of the softened votes")
  func vote() throws {
    let architecture = Self.members(.vote)
    let logits = try architecture.network(Self.parameters).logits(Self.image)
    #expect(logits.elements(of: Float.self) == [1, 1, 0, 2])
    func gradient(_ network: any Network) throws -> Tensor? {
      try withGradients {
        let leaf = Self.image.leaf
        let answer = try network.logits(leaf)
        return answer.slice(0..<1, along: 1).sum.gradients(withRespectTo: [leaf])[0]
      }
    }
    #expect(!architecture.isDifferentiable)
    let own = try #require(try gradient(architecture.network(Self.parameters)))
    #expect(own.nonZeroCount == 0)
    let softened = architecture.straightThrough(Self.parameters)
    #expect(try softened.logits(Self.image).bytes == logits.bytes)
    // d softmax₁ / d(a, b) = ±p(1 − p) of the difference of the logits.
    func slope(_ difference: Float, _ scale: Float) -> [Float] {
      let p = 1 / (1 + Tensor([-difference]).exponential.elements(of: Float.self)[0])
      return [p * (1 - p) * scale, -p * (1 - p) * scale]
    }
    let expected = slope(2, 1) + slope(-7, 2) + slope(-2, 1) + slope(-6, 2)
    let found = try #require(try gradient(softened)).elements(of: Float.self)
    for (one, other) in zip(found, expected) { #expect(abs(one - other) <= 1e-6) }
  }

  @Test("Exported members answer as here", arguments: Graph.Combination.allCases)
  func exported(combination: Graph.Combination) throws {
    let architecture = Self.members(combination)
    let module = architecture.exported(Self.parameters)
    let here = try architecture.network(Self.parameters).logits(Self.image)
    #expect(try module.forward(Self.image).bytes == here.bytes)
    let parts = architecture.exportedParts(Self.parameters)
    #expect(parts.map(\.name) == ["part-1", "part-2"])
    let first = try parts[0].module.forward(Self.image)
    #expect(first.elements(of: Float.self) == [3, 1, 1, 3])
  }
}
