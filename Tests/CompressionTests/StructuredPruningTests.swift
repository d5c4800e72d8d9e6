// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import Records
import RobustCore
import Statistics
import Testing
import Torch

@testable import Compression

@Suite("Structured pruning", .timeLimit(.minutes(15)))
struct StructuredPruningTests {
  private let random = RandomKey(seed: 1)

  private func graph(_ classifier: Classifier) throws -> Graph {
    try #require(classifier.architecture as? GraphArchitecture).graph
  }

  private static let names = ["mlp", "cnn", "lenet5", "resnet8"]

  @Test(
    "The sparsity is reached, and no channel could come back",
    arguments: names, [MaskScope.local, .global])
  func budgets(name: String, scope: MaskScope) async throws {
    let parent = GraphArchitecture.native(name).trained
    let method = StructuredPruning(scope: scope, epochs: 0)
    for sparsity in [0.01, 0.3, 0.5, 0.75, 0.9] {
      let child = try await method.compressed(
        parent, to: sparsity, tuning: FakeTuning(), random: random)
      #expect(child.sparsity >= sparsity)
      let before = try graph(parent).channelGroups
      let choice = ChannelChoice(try graph(child))
      let widths = choice.groups.map(\.channels)
      #expect(widths.allSatisfy { $0 >= 1 })
      let stored = child.parameters.prunableCounts(child.architecture.prunable).stored
      #expect(choice.weightCount(widths) == stored)
      let budget = weightBudget(of: parent.densePrunableCount, at: sparsity)
      for (index, group) in before.enumerated() where widths[index] < group.channels {
        var wider = widths
        wider[index] += 1
        #expect(choice.weightCount(wider) > budget, "group \(index) at \(sparsity)")
      }
      let logits = try child.network.logits(normal([2, 2, 16, 16], "images"))
      #expect(logits.shape == [2, 5] && logits.isFinite.not.nonZeroCount == 0)
    }
  }

  @Test("A local choice takes about the same share of every group", arguments: names)
  func localShares(name: String) async throws {
    let parent = GraphArchitecture.native(name).trained
    let child = try await StructuredPruning(epochs: 0).compressed(
      parent, to: 0.75, tuning: FakeTuning(), random: random)
    let (left, whole) = (try graph(child).channelGroups, try graph(parent).channelGroups)
    let shares = zip(left, whole).filter { !$1.isFixed }.map { left, whole in
      Double(left.channels) / Double(whole.channels)
    }
    // One channel of the narrowest group of six is a sixth of it.
    #expect((shares.max() ?? 1) - (shares.min() ?? 0) <= 1.0 / 6 + 0.1, "\(shares)")
  }

  /// Units of the hidden layer have the sums 3, 1, 2, 0.5 and each carries 2 + 2 weights.
  @Test("The units of least size go, as many as the budget asks for")
  func byHand() async throws {
    let architecture = GraphArchitecture(
      name: "small", inputShape: [2, 1, 1], classes: 2, graph: .linear([2, 4, 2]))
    var parent = architecture.trained
    parent.parameters["fc1.weight"] = .dense(
      Tensor([2, -1, 0.5, 0.5, -2, 0, 0.25, 0.25] as [Float], shape: [4, 2]))
    let child = try await StructuredPruning(epochs: 0).compressed(
      parent, to: 0.3, tuning: FakeTuning(), random: random)
    // 16 weights: 11 may stay, which are two units with 8; three would have 12.
    let rows = try #require(child.parameters["fc1.weight"]).applied.elements(of: Float.self)
    #expect(rows == [2, -1, -2, 0])
    #expect(child.parameters["fc2.weight"]?.applied.shape == [2, 2])
    #expect(child.sparsity == 0.5)
    let bias = try #require(parent.parameters["fc1.bias"]).applied.elements(of: Float.self)
    let left = try #require(child.parameters["fc1.bias"]).applied.elements(of: Float.self)
    #expect(left == [bias[0], bias[2]])
  }

  /// Relative to its group's mean the second hidden layer's first unit is the least of all.
  @Test("A global choice compares channels relative to their group")
  func globalByHand() throws {
    let choice = ChannelChoice(.linear([2, 2, 3, 2]))
    let scores: [[Double]?] = [[10, 30], [0.1, 1, 1.9], nil]
    // 4 + 6 + 6 weights; without one unit of three 4 + 4 + 4.
    let kept = try #require(choice.kept(scores: scores, scope: .global, budget: 12))
    #expect(kept.map(\.channels) == [[0, 1], [1, 2], [0, 1]])
    // Then the unit of score 10 / 20: 2 + 2 + 4, and with the other one back 2 + 3 + 6.
    let fewer = try #require(choice.kept(scores: scores, scope: .global, budget: 10))
    #expect(fewer.map(\.channels) == [[1], [1, 2], [0, 1]])
    #expect(choice.kept(scores: scores, scope: .global, budget: 4) == nil)
  }

  /// The last cut frees more than is needed, so a cheap channel comes back.
  @Test("A channel for which there is room comes back")
  func comesBack() throws {
    // Weights 9 a + a b + b · 2 for widths a = 2 and b = 3: 18 + 6 + 6 = 30.
    let choice = ChannelChoice(.linear([9, 2, 3, 2]))
    let kept = try #require(
      choice.kept(scores: [[1, 8], [0.1, 0.2, 10], nil], scope: .global, budget: 21))
    // Least first: 0.1 (26 left), 0.2 (22), then 1 of the first layer (12); with the second unit of
    // three back there are 15, and with both 18.
    #expect(kept.map(\.channels) == [[1], [0, 1, 2], [0, 1]])
  }

  @Test("Scores by hand: sizes are added over coupled layers, norms by their scales")
  func scores() async throws {
    var graph = Graph()
    graph.append("a", .convolution(input: 1, output: 2, kernel: 1))
    let first = graph.append("bna", .batchNorm(channels: 2))
    graph.append("b", .convolution(input: 1, output: 2, kernel: 1), reading: [-1])
    let second = graph.append("bnb", .batchNorm(channels: 2))
    graph.append("add", .add, reading: [first, second])
    graph.append("flatten", .flatten)
    graph.append("fc", .linear(input: 2, output: 2))
    var classifier = GraphArchitecture(
      name: "sum", inputShape: [1, 1, 1], classes: 2, graph: graph
    ).trained
    for (name, values) in [
      "a.weight": [1, -2] as [Float], "b.weight": [3, 0.5], "bna.weight": [-1, 0.5],
      "bnb.weight": [0.25, 2], "bna.bias": [0.5, 1], "bnb.bias": [1, -1],
    ] {
      let shape = classifier.parameters[name]?.applied.shape ?? []
      classifier.parameters[name] = .dense(Tensor(values, shape: shape))
    }
    let slopes: [[String: [Float]]] = [
      ["bna.weight": [1, 2], "bna.bias": [2, 0], "bnb.weight": [4, 1], "bnb.bias": [0, 1]],
      ["bna.weight": [0, 0], "bna.bias": [0, 0], "bnb.weight": [0, 1], "bnb.bias": [-1, 0]],
    ]
    let tuning = FakeTuning(gradients: slopes.map { $0.mapValues { Tensor($0) } })
    var found: [ChannelScore: [Double]?] = [:]
    for score in ChannelScore.allCases {
      found[score] = try await score.scores(
        of: graph.channelGroups, in: graph, classifier: classifier, tuning: tuning, batches: 2)[0]
    }
    #expect(found[.l1] == [4, 2.5])
    #expect(found[.batchNormScale] == [1.25, 2.5])
    // First batch: −1 + 1 + 1 + 0 and 1 + 0 + 2 − 1; second: −1 and 2.
    #expect(found[.taylor] == [1 + 1, 4 + 4])
  }

  @Test("The taylor score is the squared derivative by a factor on the channel")
  func taylor() async throws {
    let architecture = GraphArchitecture.native("lenet5")
    let classifier = architecture.trained
    let images = normal([4, 2, 16, 16], "images")
    let labels = Tensor([0, 1, 2, 3])
    func loss(_ tensors: [String: Tensor]) -> Tensor {
      (architecture.graph.activations(images, tensors: tensors).last ?? images)
        .crossEntropies(labels: labels).mean
    }
    let leaves = classifier.parameters.applied.mapValues(\.leaf)
    let names = leaves.keys.sorted()
    let gradients = loss(leaves).gradients(withRespectTo: names.compactMap { leaves[$0] })
    let slopes = Dictionary(
      zip(names, gradients).compactMap { name, slope in
        slope.map { (name, $0.detached) }
      }
    ) { first, _ in first }
    let scores = try await ChannelScore.taylor.scores(
      of: architecture.graph.channelGroups, in: architecture.graph, classifier: classifier,
      tuning: FakeTuning(gradients: [slopes]), batches: 1)
    // The factor is on what the first convolution gives: on its rows and its bias.
    let factors = Tensor(repeating: 1, shape: [6]).leaf
    var tensors = classifier.parameters.applied
    tensors["conv1.weight"] = tensors["conv1.weight"].map { $0 * factors.reshaped([6, 1, 1, 1]) }
    tensors["conv1.bias"] = tensors["conv1.bias"].map { $0 * factors }
    let derivatives = loss(tensors).gradient(withRespectTo: factors).elements(of: Float.self)
    for (score, slope) in zip(try #require(scores[0]), derivatives.map(Double.init)) {
      #expect(slope != 0 && abs(score - slope * slope) <= 1e-4 * slope * slope, "float32")
    }
  }

  @Test("A gradual schedule cuts in rounds and trains between them")
  func gradual() async throws {
    let tuning = FakeTuning()
    let parent = GraphArchitecture.native("resnet8").trained
    let child = try await StructuredPruning(schedule: .gradual, epochs: 2, rounds: 4).compressed(
      parent, to: 0.8, tuning: tuning, random: random)
    let calls = await tuning.calls
    let ninths = calls.map { ($0.span.upperBound * 9).rounded() }
    #expect(ninths == [2, 4, 6, 9])
    #expect(calls.map(\.epochs) == [2, 2, 2, 2])
    let sparsities = calls.map(\.sparsity)
    #expect(sparsities == sparsities.sorted() && sparsities[0] == 0 && sparsities[1] > 0.5)
    #expect(child.sparsity >= 0.8 && child.sparsity < 0.82)
  }

  @Test("A smaller model goes on to be cut, against the count of the dense one")
  func twice() async throws {
    let parent = GraphArchitecture.native("cnn").trained
    let method = StructuredPruning(epochs: 0)
    let half = try await method.compressed(parent, to: 0.5, tuning: FakeTuning(), random: random)
    let same = try await method.compressed(half, to: 0.5, tuning: FakeTuning(), random: random)
    #expect(same.parameters.storedBytes == half.parameters.storedBytes)
    let less = try await method.compressed(half, to: 0.9, tuning: FakeTuning(), random: random)
    #expect(less.densePrunableCount == parent.densePrunableCount && less.sparsity >= 0.9)
  }

  @Test("A smaller model comes back from the text of its layers")
  func structure() async throws {
    let parent = GraphArchitecture.native("resnet8").trained
    let child = try await StructuredPruning(epochs: 0).compressed(
      parent, to: 0.6, tuning: FakeTuning(), random: random)
    let text = try #require(child.architecture.structure)
    let again = try GraphArchitecture(
      name: "resnet8", inputShape: [2, 16, 16], classes: 5, structure: text)
    let images = normal([2, 2, 16, 16], "images")
    let logits = try again.network(child.parameters).logits(images)
    #expect(try child.network.logits(images).bytes == logits.bytes)
  }

  @Test("A sparsity that no width reaches is refused before training, with what can be reached")
  func unreachable() async throws {
    let parent = GraphArchitecture.native("resnet8").trained
    let method = StructuredPruning(epochs: 0)
    try method.check(parent.architecture, to: 0.99)
    let error = #expect(throws: CompressionError.self) {
      try method.check(parent.architecture, to: 0.9999)
    }
    #expect(error?.code == .unreachableSparsity)
    let late = await #expect(throws: CompressionError.self) {
      try await method.compressed(parent, to: 0.9999, tuning: FakeTuning(), random: random)
    }
    #expect(late == error)
  }

  @Test("A score of norms needs norms, and channels need layers that are known")
  func unsuited() async throws {
    let cnn = GraphArchitecture.native("cnn")
    let norms = StructuredPruning(score: .batchNormScale, epochs: 0)
    let error = #expect(throws: CompressionError.self) { try norms.check(cnn, to: 0.5) }
    #expect(error?.code == .noNorms)
    let child = try await norms.compressed(
      GraphArchitecture.native("resnet8").trained, to: 0.9, tuning: FakeTuning(), random: random)
    #expect(child.sparsity >= 0.9)
    let chain = Classifier.chain([[4, 4], [3, 4]])
    let unknown = #expect(throws: CompressionError.self) {
      try StructuredPruning().check(chain.architecture, to: 0.5)
    }
    #expect(unknown?.code == .unknownLayers)
  }
}
