// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Models
import Records
import RobustCore
import Statistics
import Testing
import Torch

@Suite("Parts through later steps", .timeLimit(.minutes(15)))
struct KeptPartsTests {
  private static let inputs = Tensor(shape: [12, 2, 16, 16]) {
    RandomKey(seed: 15).stream().fillUniform($0, low: 0, high: 1)
  }

  private static let tuning = FakeTuning(
    examples: Examples(
      inputs: inputs, labels: Tensor(Array(repeating: 0, count: 12)), classes: 3,
      inputRange: 0...1))

  /// Runs a recipe as a run does, without any training.
  private func made(_ recipe: String, from dense: Classifier) async throws -> Classifier {
    let plan = try RecipePlan(try Recipe(recipe))
    #expect(plan.objection == nil)
    var model = dense
    for (step, target) in zip(plan.steps, plan.targets(0.6)) {
      model = try await step.method.compressed(
        model, to: target, tuning: Self.tuning, random: RandomKey(seed: 2))
    }
    return model
  }

  private func distance(_ one: Tensor, _ other: Tensor) -> Double {
    (one - other).absolute.reshaped([-1]).largest(along: [0]).scalar
  }

  private static let rewritings = [
    "", "+quantize", "+structured:epochs=0", "+low-rank:epochs=0", "+runtime",
    "+runtime:gate=learned:epochs=0", "+structured:epochs=0+low-rank:epochs=0+quantize+runtime",
  ]

  @Test(
    "Members' own files together give the logits of the whole, whatever came after",
    arguments: ["cnn", "resnet8"], rewritings)
  func members(name: String, rewriting: String) async throws {
    let dense = GraphArchitecture.native(name).trained
    for division in ["data", "features"] {
      let model = try await made("shard:by=\(division):epochs=0\(rewriting)", from: dense)
      let parts = model.architecture.exportedParts(model.parameters)
      #expect(parts.map(\.name) == ["part-1", "part-2"])
      let answers = try parts.map { try $0.module.forward(Self.inputs) }
      // The whole as a file, whose kernels are theirs: rounding and choosing hide no difference.
      let whole = try model.architecture.exported(model.parameters).forward(Self.inputs)
      #expect(((answers[0] + answers[1]) / 2).bytes == whole.bytes)
      #expect(distance(answers[0], answers[1]) > 1e-3, "they are two models")
    }
  }

  @Test(
    "Stages are cut from what all other steps leave, and follow one another to its logits",
    arguments: ["cnn", "resnet8"],
    [
      "quantize", "low-rank:epochs=0", "structured:epochs=0+quantize", "runtime",
      "runtime:gate=learned:epochs=0+quantize",
    ])
  func stages(name: String, recipe: String) async throws {
    let model = try await made(
      "\(recipe)+shard:by=layers", from: GraphArchitecture.native(name).trained)
    let parts = model.architecture.exportedParts(model.parameters)
    #expect(parts.count == 2)
    let value = try parts.reduce(Self.inputs) { try $1.module.forward($0) }
    let whole = try model.architecture.exported(model.parameters).forward(Self.inputs)
    #expect(value.bytes == whole.bytes)
  }

  @Test("Members that read the same input each round it for themselves")
  func ownRounding() async throws {
    // No normalisation comes between the input and the first layer.
    var graph = Graph()
    graph.append("conv", .convolution(input: 2, output: 16, kernel: 3), reading: [-1])
    graph.append("relu", .relu)
    graph.append("pool", .globalAveragePool)
    graph.append("flatten", .flatten)
    graph.append("fc", .linear(input: 16, output: 3))
    let architecture = GraphArchitecture(
      name: "bare", inputShape: [2, 16, 16], classes: 3, graph: graph)
    let dense = Classifier(
      architecture: architecture,
      parameters: architecture.initialParameters(random: RandomKey(seed: 1)))
    let model = try await made("shard:by=data:epochs=0+quantize", from: dense)
    let layers = try #require(model.architecture as? GraphArchitecture).graph.layers
    let reading = layers.filter { layer in
      if case .quantize = layer.operation { layer.inputs == [-1] } else { false }
    }
    #expect(reading.count == 2)
    let answers = try model.architecture.exportedParts(model.parameters).map {
      try $0.module.forward(Self.inputs)
    }
    let whole = try model.network.logits(Self.inputs)
    #expect(distance((answers[0] + answers[1]) / 2, whole) <= 1e-5)
  }
}
