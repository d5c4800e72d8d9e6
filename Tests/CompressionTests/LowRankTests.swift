// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Models
import Records
import RobustCore
import Statistics
import Testing
import Torch

@testable import Compression

@Suite("Ranks for a budget", .timeLimit(.minutes(15)))
struct RankCurveTests {
  /// A 4×4 matrix of energies 16, 9, 4, 1: rank r has 8 r weights, so only rank 1 saves any.
  @Test("Only ranks that save weights are choices, and the loss is of the energy that is kept")
  func points() {
    let curve = RankCurve(outputs: [16, 9, 4, 1], inputs: nil, width: 4, area: 1)
    #expect(curve.points.map(\.count) == [8, 16])
    #expect(curve.points.map(\.ranks) == [Ranks(output: 1), .whole])
    // Rank 1 keeps 16 of 30, rank 2 keeps 25.
    #expect(abs(curve.points[0].loss - log(30.0 / 16)) < 1e-12 && curve.points[1].loss == 0)
    // 4 outputs of 12 inputs: 16 weights a rank, of 48.
    let wide = RankCurve(outputs: [16, 9, 4, 1], inputs: nil, width: 12, area: 1)
    #expect(wide.points.map(\.count) == [16, 32, 48])
    #expect(
      zip(wide.points.map(\.loss), [log(30.0 / 16), log(30.0 / 25), 0])
        .allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test("No layer is given up to keep another one whole")
  func balance() throws {
    // All directions weigh the same; a rank of the wide layer has 160 weights, one of the other 64.
    let energies = Array(repeating: 1.0, count: 16)
    let wide = RankCurve(outputs: energies, inputs: nil, width: 144, area: 1)
    let narrow = RankCurve(outputs: energies, inputs: nil, width: 48, area: 1)
    let chosen = try #require(RankCurve.points(of: [wide, narrow], budget: 960))
    // Rank 1 and the other whole lose least by the sum of shares, and keep a 16th of the signal.
    let ranks = chosen.map { $0.ranks.output ?? 16 }
    #expect(ranks[0] * ranks[1] > 16 && ranks[0] > 1, "\(ranks)")
    #expect(chosen.map(\.count).reduce(0, +) <= 960)
  }

  /// Of a kernel of 2 outputs, 3 inputs and 4 positions: 24 weights.
  @Test("A kernel's factors are counted on both sides")
  func kernel() {
    let curve = RankCurve(outputs: [3, 1], inputs: [6, 3, 1], width: 3, area: 4)
    let counts = Dictionary(
      uniqueKeysWithValues: curve.points.map { ($0.ranks, $0.count) })
    #expect(counts[Ranks(output: 1, input: 1)] == 3 + 4 + 2)
    #expect(counts[Ranks(output: nil, input: 1)] == 3 + 8)
    #expect(counts[Ranks(output: nil, input: 2)] == 6 + 16)
    #expect(counts[Ranks(output: 1)] == 12 + 2)
    #expect(counts[Ranks(output: 1, input: 2)] == nil, "more weights and more loss than that")
    #expect(counts[.whole] == 24)
  }

  @Test("A straight line undercuts the points that the hull leaves out")
  func hull() {
    // 16, 32 and 48 weights: losses 0.6, 0.4, 0 have the middle above the line, 0.5, 0.2, 0 below.
    let even = RankCurve(outputs: [4, 2, 2, 2], inputs: nil, width: 12, area: 1)
    #expect(even.points.map(\.count) == [16, 32, 48])
    #expect(even.hull.map(\.count) == [16, 48])
    let sharp = RankCurve(outputs: [5, 3, 1, 1], inputs: nil, width: 12, area: 1)
    #expect(sharp.hull.map(\.count) == [16, 32, 48])
  }

  /// Both have 39 weights, and 16 a rank; ranks 2 and 1 lose 0.05 and 0.1 of the first, 0.3 and 0.6 of
  /// the second.
  @Test("The budget goes where least energy is lost")
  func acrossLayers() throws {
    let sharp = RankCurve(outputs: [18, 1, 1], inputs: nil, width: 13, area: 1)
    let even = RankCurve(outputs: [8, 6, 6], inputs: nil, width: 13, area: 1)
    let none = try #require(RankCurve.points(of: [sharp, even], budget: 78))
    #expect(none.map(\.ranks) == [.whole, .whole])
    let some = try #require(RankCurve.points(of: [sharp, even], budget: 77))
    #expect(some.map(\.ranks) == [Ranks(output: 2), .whole])
    let more = try #require(RankCurve.points(of: [sharp, even], budget: 70))
    #expect(more.map(\.ranks) == [Ranks(output: 1), .whole])
    let most = try #require(RankCurve.points(of: [sharp, even], budget: 54))
    #expect(most.map(\.ranks) == [Ranks(output: 1), Ranks(output: 2)])
    #expect(RankCurve.points(of: [sharp, even], budget: 31) == nil)
  }

  @Test(
    "The fewest weights are those of the cheapest point",
    arguments: [[8, 6, 1], [10, 1, 9], [4, 64, 9], [16, 16, 9], [1, 1, 1], [3, 2, 4]],
    [true, false])
  func least(shape: [Int], cutsInputs: Bool) {
    let (outputs, inputs, area) = (shape[0], shape[1], shape[2])
    func energies(_ count: Int) -> [Double] { (0..<count).map { Double(count - $0) } }
    let curve = RankCurve(
      outputs: energies(outputs), inputs: cutsInputs && area > 1 ? energies(inputs) : nil,
      width: inputs, area: area)
    #expect(
      RankCurve.leastCount(outputs: outputs, inputs: inputs, area: area, cutsInputs: cutsInputs)
        == curve.points.first?.count)
  }
}

@Suite("Low rank", .timeLimit(.minutes(15)))
struct LowRankTests {
  private let random = RandomKey(seed: 1)

  /// The weight that a chain of factors computes: `[outputs, inputs, area]`.
  private func product(_ factors: LayerFactors) -> Tensor {
    var cube = factors.core
    if let down = factors.down {
      cube = cube.transposed(1, 2).matrixProduct(down).transposed(1, 2)
    }
    guard let up = factors.up else { return cube }
    let (ranks, inputs) = (cube.size(0), cube.size(1))
    return up.matrixProduct(cube.contiguous.reshaped([ranks, -1])).reshaped([
      up.size(0), inputs, -1,
    ])
  }

  private func squaredError(_ layer: FactorableLayer, _ ranks: Ranks) -> Double {
    let difference = layer.weight - product(layer.factors(ranks))
    return (difference * difference).sum.scalar
  }

  @Test(
    "The error of a cut is the energy that it leaves out",
    arguments: [[7, 9], [9, 7], [12, 3, 3, 3], [3, 12, 3, 3], [6, 5, 1, 1]])
  func tails(shape: [Int]) {
    let layer = FactorableLayer(name: "w", weight: normal(shape, "weight"), cutsInputs: true)
    let energy = (layer.weight * layer.weight).sum.scalar
    #expect(abs(layer.outputs.energies.reduce(0, +) - energy) <= 1e-9 * energy)
    for rank in 1...shape[0] {
      let tail = layer.outputs.energies[rank...].reduce(0, +)
      #expect(abs(squaredError(layer, Ranks(output: rank)) - tail) <= 1e-9 * energy)
    }
    guard let inputs = layer.inputs else { return }
    for rank in 1...shape[1] {
      let tail = inputs.energies[rank...].reduce(0, +)
      #expect(abs(squaredError(layer, Ranks(input: rank)) - tail) <= 1e-9 * energy)
      let both = squaredError(layer, Ranks(output: 2, input: rank))
      #expect(both <= tail + layer.outputs.energies[2...].reduce(0, +) + 1e-9 * energy)
      #expect(both >= max(tail, layer.outputs.energies[2...].reduce(0, +)) - 1e-9 * energy)
    }
  }

  @Test("Singular values by hand")
  func byHand() {
    // The outer product of (3, 4) and (1, 0, 0), and of (−4, 3) and (0, 2, 0) / 5.
    let weight = Tensor([3, -1.6, 0, 4, 1.2, 0] as [Float], shape: [2, 3])
    let layer = FactorableLayer(name: "w", weight: weight, cutsInputs: true)
    #expect(zip(layer.outputs.energies, [25, 4]).allSatisfy { abs($0 - $1) <= 1e-5 })
    let one = product(layer.factors(Ranks(output: 1))).cast(to: .float32).reshaped([2, 3])
    #expect(distance(one, Tensor([3, 0, 0, 4, 0, 0] as [Float], shape: [2, 3])) <= 1e-5)
  }

  @Test("Full rank gives the same logits", arguments: ["mlp", "cnn", "lenet5", "resnet8"])
  func fullRank(name: String) throws {
    let architecture = GraphArchitecture.native(name)
    let parent = architecture.trained
    let images = normal([3, 2, 16, 16], "images")
    let whole = try parent.network.logits(images)
    let tensors = parent.parameters.applied
    let moments = architecture.graph.moments(images, tensors: tensors)
    for weighs in [false, true] {
      var factors: [String: LayerFactors] = [:]
      for layer in architecture.graph.layers {
        guard let shape = layer.weightShape, let weight = tensors["\(layer.name).weight"] else {
          continue
        }
        let seen = FactorableLayer(
          name: layer.name, weight: weight, cutsInputs: true,
          moments: weighs ? moments[layer.name] : nil)
        factors[layer.name] = seen.factors(
          Ranks(output: shape[0], input: seen.inputs == nil ? nil : shape[1]))
      }
      let chain = architecture.graph.factorized(parent.parameters, by: factors)
      let child = parent.replacing(
        architecture: architecture.replacing(chain.graph), parameters: chain.parameters)
      #expect(distance(try child.network.logits(images), whole) <= 2e-3, "float32, many layers")
      let fresh = architecture.replacing(chain.graph).initialParameters(random: random)
      #expect(fresh.names.sorted() == chain.parameters.names.sorted())
      for (name, tensor) in fresh.applied {
        #expect(chain.parameters.applied[name]?.shape == tensor.shape, "\(name)")
      }
    }
  }

  @Test("Layers split in two or three, with the bias at the end")
  func names() {
    let architecture = GraphArchitecture.native("cnn")
    let parent = architecture.trained
    func layer(_ name: String) -> FactorableLayer {
      FactorableLayer(
        name: name, weight: parent.parameters.applied["\(name).weight"] ?? Tensor([Float(0)]),
        cutsInputs: true)
    }
    let chain = architecture.graph.factorized(
      parent.parameters,
      by: [
        "conv1": layer("conv1").factors(Ranks(output: 3)),
        "conv2": layer("conv2").factors(Ranks(output: 5, input: 4)),
        "fc1": layer("fc1").factors(Ranks(output: 6)),
      ])
    #expect(
      chain.parameters.names == [
        "conv1.down.weight", "conv1.up.weight", "conv1.up.bias", "conv2.down.weight",
        "conv2.core.weight", "conv2.up.weight", "conv2.up.bias", "fc1.down.weight",
        "fc1.up.weight", "fc1.up.bias", "fc2.weight", "fc2.bias",
      ])
    #expect(chain.parameters["conv2.core.weight"]?.applied.shape == [5, 4, 3, 3])
    #expect(chain.parameters["fc1.down.weight"]?.applied.shape == [6, 1024])
  }

  @Test(
    "The sparsity is reached with little to spare, and the model still answers",
    arguments: ["mlp", "cnn", "lenet5", "resnet8"], LowRank.Method.allCases)
  func budgets(name: String, method: LowRank.Method) async throws {
    let parent = GraphArchitecture.native(name).trained
    for sparsity in [0.05, 0.3, 0.5, 0.8] {
      let child = try await LowRank(method: method, epochs: 0).compressed(
        parent, to: sparsity, tuning: FakeTuning(), random: random)
      // The coarsest step is a rank of the widest layer of the smallest model.
      #expect(child.sparsity >= sparsity && child.sparsity <= sparsity + 0.02, "\(child.sparsity)")
      let logits = try child.network.logits(normal([2, 2, 16, 16], "images"))
      #expect(logits.shape == [2, 5] && logits.isFinite.not.nonZeroCount == 0)
      let same = try await LowRank(method: method, epochs: 0).compressed(
        child, to: sparsity, tuning: FakeTuning(), random: random)
      #expect(same.parameters.storedBytes == child.parameters.storedBytes)
    }
  }

  @Test("Less is lost at a higher rank")
  func monotone() async throws {
    let parent = GraphArchitecture.native("cnn").trained
    let images = normal([8, 2, 16, 16], "images")
    let whole = try parent.network.logits(images)
    var errors: [Double] = []
    for sparsity in [0.2, 0.5, 0.9] {
      let child = try await LowRank(epochs: 0).compressed(
        parent, to: sparsity, tuning: FakeTuning(), random: random)
      let difference = try child.network.logits(images) - whole
      errors.append((difference * difference).sum.scalar)
    }
    #expect(errors == errors.sorted() && errors[0] > 0)
  }

  /// Inputs that lie in a plane of the input space: two directions carry all that the layer gives.
  @Test("Weighted by activations, a layer loses nothing of what its inputs can show")
  func weighted() async throws {
    let architecture = GraphArchitecture(
      name: "one", inputShape: [8, 1, 1], classes: 6, graph: .linear([8, 6]))
    let parent = architecture.trained
    let plane = normal([2, 8], "plane")
    let inputs = normal([64, 2], "coordinates").matrixProduct(plane).reshaped([64, 8, 1, 1])
    let examples = Examples(
      inputs: inputs, labels: Tensor(Array(repeating: 0, count: 64)), classes: 6,
      inputRange: -100...100)
    let whole = try parent.network.logits(inputs)
    var distances: [Double] = []
    for isWeighted in [true, false] {
      // 48 weights, 14 a rank: rank two.
      let child = try await LowRank(isWeighted: isWeighted, samples: 64, epochs: 0).compressed(
        parent, to: 0.4, tuning: FakeTuning(examples: examples), random: random)
      #expect(child.parameters["fc1.down.weight"]?.applied.shape == [2, 8])
      distances.append(distance(try child.network.logits(inputs), whole))
    }
    #expect(distances[0] <= 1e-4 && distances[1] > 0.1, "\(distances)")
  }

  @Test("Weighted kernels lose nothing where inputs use fewer channels")
  func weightedKernel() async throws {
    var graph = Graph()
    graph.append("conv", .convolution(input: 6, output: 8, kernel: 3, padding: 1))
    graph.append("pool", .globalAveragePool)
    graph.append("flatten", .flatten)
    let architecture = GraphArchitecture(
      name: "kernel", inputShape: [6, 5, 5], classes: 8, graph: graph)
    let parent = architecture.trained
    let mixing = normal([6, 2], "mixing")
    let inputs = mixing.matrixProduct(normal([32, 2, 25], "images")).reshaped([32, 6, 5, 5])
    let moments = graph.moments(inputs, tensors: parent.parameters.applied)
    let weight = try #require(parent.parameters["conv.weight"]).applied
    let layer = FactorableLayer(
      name: "conv", weight: weight, cutsInputs: true, moments: moments["conv"])
    let factors = layer.factors(Ranks(output: 8, input: 2))
    let lengths = try #require(factors.down).norm(2, along: [1]).elements(of: Double.self)
    #expect(lengths.allSatisfy { abs($0 - 1) <= 1e-9 }, "training diverges where some are long")
    let chain = graph.factorized(parent.parameters, by: ["conv": factors])
    let child = parent.replacing(
      architecture: architecture.replacing(chain.graph), parameters: chain.parameters)
    let whole = try parent.network.logits(inputs)
    #expect(distance(try child.network.logits(inputs), whole) <= 1e-3, "float32, root of a moment")
  }

  @Test("A chain is exported with layers that have no bias", arguments: ["cnn", "resnet8"])
  func exports(name: String) async throws {
    let child = try await LowRank(epochs: 0).compressed(
      GraphArchitecture.native(name).trained, to: 0.6, tuning: FakeTuning(), random: random)
    let images = normal([3, 2, 16, 16], "images")
    let answer = try child.architecture.exported(child.parameters).forward(images)
    #expect(distance(answer, try child.network.logits(images)) <= 1e-4, "norms are folded, float32")
  }

  @Test("Fine-tuning sees the chain, and sparsity 0 asks for nothing")
  func tuning() async throws {
    let tuning = FakeTuning()
    let parent = GraphArchitecture.native("lenet5").trained
    let same = try await LowRank(epochs: 1).compressed(
      parent, to: 0, tuning: tuning, random: random)
    #expect(same.parameters.storedBytes == parent.parameters.storedBytes)
    #expect(await tuning.calls.isEmpty)
    let child = try await LowRank(epochs: 1.5).compressed(
      parent, to: 0.5, tuning: tuning, random: random)
    let calls = await tuning.calls
    #expect(calls.map(\.epochs) == [1.5] && calls.map(\.sparsity) == [child.sparsity])
  }

  @Test("A layer of zeros is factorised without a NaN")
  func zeros() async throws {
    var parent = GraphArchitecture.native("mlp").trained
    let shape = try #require(parent.parameters["fc1.weight"]).applied.shape
    parent.parameters["fc1.weight"] = .dense(Tensor(repeating: 0, shape: shape))
    let child = try await LowRank(epochs: 0).compressed(
      parent, to: 0.5, tuning: FakeTuning(), random: random)
    #expect(child.sparsity >= 0.5)
    #expect(
      try child.network.logits(normal([2, 2, 16, 16], "images")).isFinite.not.nonZeroCount == 0)
  }

  @Test("A sparsity below rank one is refused before training")
  func unreachable() async throws {
    let parent = GraphArchitecture.native("lenet5").trained
    let method = LowRank(epochs: 0)
    let error = #expect(throws: CompressionError.self) {
      try method.check(parent.architecture, to: 0.999)
    }
    #expect(error?.code == .unreachableSparsity)
    let late = await #expect(throws: CompressionError.self) {
      try await method.compressed(parent, to: 0.999, tuning: FakeTuning(), random: random)
    }
    #expect(late == error)
  }
}
