// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import Testing
import Torch

@testable import Compression

@Suite("The search over structures", .timeLimit(.minutes(15)))
struct StructureSearchTests {
  /// Two residual blocks, of which only the first has the input itself as its shortcut.
  private var architecture: GraphArchitecture {
    var graph = Graph()
    graph.append("conv1", .convolution(input: 1, output: 6, kernel: 3, padding: 1))
    let start = graph.append("relu1", .relu)
    graph.append("a.conv1", .convolution(input: 6, output: 6, kernel: 3, padding: 1))
    graph.append("a.relu", .relu)
    let first = graph.append("a.conv2", .convolution(input: 6, output: 6, kernel: 3, padding: 1))
    let sum = graph.append("a.add", .add, reading: [first, start])
    let second = graph.append(
      "b.conv1", .convolution(input: 6, output: 8, kernel: 3, padding: 1), reading: [sum])
    let shortcut = graph.append(
      "b.shortcut", .convolution(input: 6, output: 8, kernel: 1), reading: [sum])
    graph.append("b.add", .add, reading: [second, shortcut])
    graph.append("pool", .globalAveragePool)
    graph.append("flatten", .flatten)
    graph.append("fc", .linear(input: 8, output: 2))
    return GraphArchitecture(name: "tiny", inputShape: [1, 4, 4], classes: 2, graph: graph)
  }

  private var classifier: Classifier {
    Classifier(
      architecture: architecture,
      parameters: architecture.initialParameters(random: RandomKey(seed: 1)))
  }

  private var examples: Examples {
    Examples(
      inputs: Tensor(repeating: 0.5, shape: [8, 1, 4, 4]),
      labels: Tensor([0, 1, 0, 1, 0, 1, 0, 1]), classes: 2, inputRange: 0...1)
  }

  @Test("A block whose shortcut is the input itself can go, and the rest still runs")
  func blocks() throws {
    let graph = architecture.graph
    #expect(graph.removableBlocks == [2..<6])
    let shallower = graph.removing(2..<6)
    #expect(
      shallower.layers.map(\.name) == [
        "conv1", "relu1", "b.conv1", "b.shortcut", "b.add", "pool", "flatten", "fc",
      ])
    #expect(shallower.layers.map(\.inputs) == [[-1], [0], [1], [1], [2, 3], [4], [5], [6]])
    #expect(shallower.removableBlocks.isEmpty)
    // Zeros in the block's last layer make it the identity: both models answer alike.
    var set = classifier.parameters
    for part in ["weight", "bias"] {
      set["a.conv2.\(part)"] = set["a.conv2.\(part)"].map { .dense($0.applied * 0) }
    }
    var small = ParameterSet()
    for (name, weight) in set.parameters where !name.hasPrefix("a.") { small[name] = weight }
    let input = Tensor(shape: [3, 1, 4, 4]) {
      RandomKey(seed: 2).stream().fillUniform($0, low: 0, high: 1)
    }
    let gap =
      try architecture.network(set).logits(input)
      - architecture.replacing(shallower).network(small).logits(input)
    #expect(gap.absolute.largest(along: [0, 1]).scalar <= 1e-6)
  }

  @Test("Candidates meet the budget, differ, repeat with the seed, and start at the student")
  func candidates() throws {
    let search = StructureSearch(candidates: 6)
    let whole = architecture.graph.prunableCount
    for budget in [whole / 10, whole / 4, whole / 2, whole * 3 / 4] {
      let limit = StructureBudget(parameters: budget)
      let graphs = try search.drawn(architecture, keeping: limit, RandomKey(seed: 4))
      #expect(graphs[0] == (try architecture.narrowed(keeping: budget)).graph)
      #expect(graphs.allSatisfy { $0.prunableCount <= budget })
      #expect(Set(graphs).count == graphs.count)
      #expect(graphs == (try search.drawn(architecture, keeping: limit, RandomKey(seed: 4))))
    }
    let half = StructureBudget(parameters: whole / 2)
    let graphs = try search.drawn(architecture, keeping: half, RandomKey(seed: 4))
    #expect(graphs.count == 6)
    #expect(graphs.contains { !$0.layers.contains { $0.name == "a.add" } }, "depth is searched")
    #expect(graphs != (try search.drawn(architecture, keeping: half, RandomKey(seed: 5))))
  }

  @Test("The better half goes on: robust, then clean accuracy, then the earlier")
  func halving() {
    let accuracies = [(0.9, 0.2), (0.5, 0.4), (0.6, 0.4), (0.6, 0.4), (0.1, 0.1)]
    let trials = accuracies.enumerated().map { number, found in
      TrialRecord(
        candidate: number, round: 0, epochs: 1, parameters: 1, macs: 1, cleanAccuracy: found.0,
        robustAccuracy: found.1)
    }
    #expect(trials.betterHalf == [2, 3, 1])
  }

  @Test("Rounds double in length, halve in number, and the winner is trained in full")
  func rounds() async throws {
    let tuning = FakeTuning(examples: examples)
    let search = StructureSearch(candidates: 4, searchEpochs: 0.5, heldOut: 4, epochs: 3)
    let winner = try await search.compressed(
      classifier, to: 0.5, tuning: tuning, random: RandomKey(seed: 4))
    let trials = await tuning.trials
    #expect(trials.map(\.round) == [0, 0, 0, 0, 1, 1])
    #expect(trials.map(\.epochs) == [0.5, 0.5, 0.5, 0.5, 1, 1])
    let calls = await tuning.calls
    #expect(calls.map(\.epochs) == [0.5, 0.5, 0.5, 0.5, 1, 1, 3])
    #expect(calls.allSatisfy { $0.rate == .full })
    let best = Array(trials.suffix(2)).betterHalf[0]
    let graphs = try search.drawn(
      architecture, keeping: StructureBudget(parameters: classifier.prunableBudget(at: 0.5)),
      RandomKey(seed: 4))
    #expect((winner.architecture as? GraphArchitecture)?.graph == graphs[best])
    #expect(winner.sparsity >= 0.5 && winner.densePrunableCount == classifier.densePrunableCount)
  }

  @Test(
    "Under a budget of multiply-adds both the products and the parameters keep to the share",
    arguments: [0.5, 0.75])
  func multiplyAdds(sparsity: Double) async throws {
    // Sixteen positions of two by two convolutions each; one position of the matrix.
    let convolutions = 6 * 9 + 2 * 36 * 9 + 48 * 9 + 48
    #expect(architecture.multiplyAdds == 16 * convolutions + 16)
    let tuning = FakeTuning(examples: examples)
    let search = StructureSearch(budget: .multiplyAdds, candidates: 4, heldOut: 4, epochs: 0)
    try search.check(architecture, to: sparsity)
    let winner = try await search.compressed(
      classifier, to: sparsity, tuning: tuning, random: RandomKey(seed: 4))
    #expect(winner.sparsity >= sparsity)
    let most = Double(architecture.multiplyAdds) * (1 - sparsity)
    let trials = await tuning.trials
    #expect(trials.allSatisfy { Double($0.macs) <= most && $0.macs > 0 })
    let counted = try MultiplyAdds.counted {
      _ = try winner.network.logits(examples.inputs.slice(0..<1))
    }
    #expect(trials.contains { $0.macs == counted.dense })
  }

  @Test("A number of multiply-adds that no width meets is refused with its unit")
  func tooFewMultiplyAdds() {
    let error = #expect(throws: CompressionError.self) {
      try architecture.narrowed(
        keeping: StructureBudget(parameters: .max, multiplyAdds: 100))
    }
    #expect(error?.code == .unreachableSparsity)
    #expect(error?.detail.contains("multiply-adds stay") == true)
  }

  @Test("A budget that no width meets is refused before training")
  func refused() {
    let error = #expect(throws: CompressionError.self) {
      try StructureSearch().check(architecture, to: 0.99)
    }
    #expect(error?.code == .unreachableSparsity)
  }
}
