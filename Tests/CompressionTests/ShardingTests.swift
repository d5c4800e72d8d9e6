// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Records
import RobustCore
import Statistics
import Testing
import Torch

@Suite("A model in parts", .timeLimit(.minutes(15)))
struct ShardingTests {
  /// A small convolutional network on 6×6 images.
  private static func dense() -> Classifier {
    var graph = Graph()
    graph.append("conv", .convolution(input: 1, output: 8, kernel: 3, padding: 1), reading: [-1])
    graph.append("pool", .maxPoolRelu)
    graph.append("flatten", .flatten)
    graph.append("fc1", .linear(input: 72, output: 20))
    graph.append("relu", .relu)
    graph.append("fc2", .linear(input: 20, output: 3))
    let architecture = GraphArchitecture(
      name: "small", inputShape: [1, 6, 6], classes: 3, graph: graph)
    return Classifier(
      architecture: architecture,
      parameters: architecture.initialParameters(random: RandomKey(seed: 1)))
  }

  private static let images = Tensor(shape: [4, 1, 6, 6]) {
    RandomKey(seed: 5).stream().fillUniform($0, low: 0, high: 1)
  }

  private func sharded(
    _ text: String, to sparsity: Double, tuning: FakeTuning = FakeTuning()
  ) async throws -> Classifier {
    let specification = try Specification(text)
    let method = try CompressionCatalog.member(for: specification).compression(specification)
    let dense = Self.dense()
    try method.check(dense.architecture, to: sparsity)
    return try await method.compressed(
      dense, to: sparsity, tuning: tuning, random: RandomKey(seed: 2))
  }

  @Test("Stages keep every parameter and every bit of the logits", arguments: [2, 3])
  func stages(count: Int) async throws {
    let model = try await sharded("shard:by=layers:parts=\(count)", to: 0)
    let dense = Self.dense()
    #expect(model.parameters.storedBytes == dense.parameters.storedBytes)
    #expect(
      try model.network.logits(Self.images).bytes == dense.network.logits(Self.images).bytes)
    var value = Self.images
    let parts = model.architecture.exportedParts(model.parameters)
    #expect(parts.map(\.name) == (1...count).map { "part-\($0)" })
    for part in parts { value = try part.module.forward(value) }
    let whole = try model.architecture.exported(model.parameters).forward(Self.images)
    #expect(value.bytes == whole.bytes)
  }

  @Test(
    "Members together hold at most what may stay", arguments: ["data", "features"], [0, 0.5, 0.8])
  func contract(division: String, sparsity: Double) async throws {
    let tuning = FakeTuning()
    let model = try await sharded(
      "shard:by=\(division):parts=3:epochs=2", to: sparsity, tuning: tuning)
    #expect(model.sparsity >= sparsity)
    #expect(model.sparsity < 1)
    #expect(await tuning.calls.map(\.epochs) == [2, 2, 2])
    let first = try #require(model.parameters["member1.fc1.weight"]).applied
    let second = try #require(model.parameters["member2.fc1.weight"]).applied
    #expect(first.shape == second.shape)
    #expect(first.bytes != second.bytes, "members begin at weights of their own")
  }

  @Test("The mean of the members is what their parts answer", arguments: ["data", "features"])
  func mean(division: String) async throws {
    let model = try await sharded("shard:by=\(division):parts=2:epochs=0", to: 0.5)
    let answers = try model.architecture.exportedParts(model.parameters).map {
      try $0.module.forward(Self.images)
    }
    let mean = (answers[0] + answers[1]) / 2
    let found = try model.network.logits(Self.images)
    let difference = (found - mean).absolute.reshaped([-1]).largest(along: [0]).scalar
    #expect(difference <= 1e-5)
  }

  @Test("A member of features answers the same whatever the other columns hold")
  func disjointColumns() async throws {
    let model = try await sharded("shard:by=features:parts=3:epochs=0", to: 0)
    let parts = model.architecture.exportedParts(model.parameters)
    for (index, part) in parts.enumerated() {
      let own = Tensor((0..<6).map { Float($0 / 2 == index ? 1 : 0) }, shape: [1, 1, 1, 6])
      let masked = try part.module.forward(Self.images * own)
      #expect(masked.bytes == (try part.module.forward(Self.images)).bytes)
      #expect(masked.bytes != (try part.module.forward(Self.images * (-own + 1))).bytes)
    }
  }

  @Test(
    "What cannot be divided is refused before anything is trained",
    arguments: [
      ("shard:by=layers:parts=4", 0, CompressionError.Code.tooFewCuts),
      ("shard:by=features:parts=7", 0, .tooFewColumns),
    ])
  func refused(text: String, sparsity: Double, code: CompressionError.Code) async {
    let error = await #expect(throws: CompressionError.self) {
      try await sharded(text, to: sparsity)
    }
    #expect(error?.code == code)
  }

  @Test("A sparsity that no width meets is refused")
  func tooSparse() async {
    await #expect(throws: CompressionError.self) { try await sharded("shard:parts=8", to: 0.99) }
  }
}

@Suite("Recipes", .timeLimit(.minutes(15)))
struct RecipePlanTests {
  @Test(
    "Each step keeps the same share, and the last reaches what was asked for",
    arguments: [
      ("magnitude", 0.9, [0.9]), ("magnitude+shard:by=layers", 0.9, [0.9, 0.9]),
      ("structured+quantize+shard:by=layers", 0.75, [0.75, 0.75, 0.75]),
      ("structured+low-rank", 0.75, [0.5, 0.75]),
      ("low-rank+magnitude:epochs=0", 0.75, [0.5, 0.75]),
      ("distill+magnitude", 0.75, [0.5, 0.75]), ("shard:by=data+magnitude", 0.75, [0.5, 0.75]),
    ])
  func targets(recipe: String, sparsity: Double, expected: [Double]) throws {
    let plan = try RecipePlan(try Recipe(recipe))
    #expect(plan.objection == nil)
    #expect(plan.removes)
    for (one, other) in zip(plan.targets(sparsity), expected) { #expect(abs(one - other) < 1e-12) }
    #expect(plan.targets(sparsity).last == sparsity)
  }

  @Test(
    "Some steps take nothing away", arguments: ["shard:by=layers", "quantize", "quantize:bits=4"])
  func keeping(recipe: String) throws {
    #expect(!(try RecipePlan(try Recipe(recipe))).removes)
  }

  @Test(
    "Gradients are there unless a step rounds or counts",
    arguments: [
      ("magnitude", true), ("quantize", false), ("quantize:activations=false", true),
      ("shard:combine=vote", false), ("shard:by=layers", true), ("magnitude+quantize", false),
    ])
  func gradients(recipe: String, keeps: Bool) throws {
    #expect(try RecipePlan(try Recipe(recipe)).keepsGradients == keeps)
  }

  @Test(
    "Steps that undo or repeat one another are refused with the reason",
    arguments: [
      "magnitude+gradient", "magnitude+distill", "random+shard", "distill+shard",
      "hydra+magnitude", "quantize+magnitude", "quantize+structured", "quantize+quantize",
      "shard:by=layers+magnitude", "magnitude+low-rank",
    ])
  func senseless(recipe: String) throws {
    let objection = try #require(RecipePlan(try Recipe(recipe)).objection)
    for step in try Recipe(recipe).steps { #expect(objection.contains("'\(step.name)'")) }
  }
}
