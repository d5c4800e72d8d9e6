// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Records
import RobustCore
import Statistics
import Testing
import Torch

@Suite("Units chosen input by input", .timeLimit(.minutes(15)))
struct RuntimePruningTests {
  private static let inputs = Tensor(shape: [16, 1, 8, 8]) {
    RandomKey(seed: 12).stream().fillUniform($0, low: 0, high: 1)
  }

  private static func chosen(
    _ text: String, from classifier: Classifier = .residual()
  ) async throws -> Classifier {
    let specification = try Specification(text)
    return try await CompressionCatalog.member(for: specification).compression(specification)
      .compressed(classifier, to: 0, tuning: FakeTuning(), random: RandomKey(seed: 1))
  }

  /// Six inputs, a rectifier, half of them kept, and a sum.
  private static func sum(keep: Double) async throws -> Classifier {
    var graph = Graph()
    graph.append("flatten", .flatten)
    graph.append("relu", .relu)
    graph.append("fc", .linear(input: 6, output: 2))
    let architecture = GraphArchitecture(
      name: "sum", inputShape: [1, 2, 3], classes: 2, graph: graph)
    var parameters = architecture.initialParameters(random: RandomKey(seed: 0))
    parameters["fc.weight"] = .dense(
      Tensor([Float(1), 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0], shape: [2, 6]))
    return try await chosen(
      "runtime:keep=\(keep)", from: Classifier(architecture: architecture, parameters: parameters))
  }

  private static let six = Tensor([Float(0.5), -1, 3, 2, 0.1, 0.6], shape: [1, 1, 2, 3])

  @Test(
    "The largest values stay, at most the share and at least one, by hand",
    arguments: zip([0.5, 0.34, 0.01, 0.99], [Float(20.6), 17, 9, 21.6]))
  func byHand(keep: Double, answer: Float) async throws {
    // 3 · 3 + 4 · 2 + 6 · 0.6; 3 · 3 + 4 · 2; 3 · 3; and besides 5 · 0.1 + 0.5.
    let found = try await Self.sum(keep: keep).network.logits(Self.six).elements(of: Float.self)[0]
    #expect(abs(found - answer) < 1e-5)
  }

  @Test("The model's own gradient passes what stays, the straight-through one everything")
  func gradients() async throws {
    let classifier = try await Self.sum(keep: 0.34)
    func gradient(_ network: any Network) throws -> [Float] {
      let leaf = Self.six.leaf
      return try withGradients { try network.logits(leaf).slice(0..<1, along: 1).sum }
        .gradient(withRespectTo: leaf).elements(of: Float.self)
    }
    #expect(!classifier.architecture.isDifferentiable)
    #expect(try gradient(classifier.network) == [0, 0, 3, 4, 0, 0])
    // The rectifier in front of the choice stays one.
    #expect(try gradient(classifier.attackedNetwork) == [1, 0, 3, 4, 5, 6])
    #expect(
      try classifier.network.logits(Self.six).bytes
        == classifier.attackedNetwork.logits(Self.six).bytes)
  }

  @Test("An example's answer does not depend on its company")
  func alone() async throws {
    let classifier = try await Self.chosen("runtime:keep=0.3")
    let together = try classifier.network.logits(Self.inputs)
    for row in 0..<4 {
      let alone = try classifier.network.logits(Self.inputs.slice(row..<row + 1))
      let difference = (alone - together.slice(row..<row + 1)).absolute
      #expect(difference.largest(along: [0, 1]).scalar < 1e-5)
    }
  }

  @Test("Parameters and sparsity stay; TorchScript and a stored structure give the same logits")
  func exported() async throws {
    let dense = Classifier.residual(sparsity: 0.4)
    let found = try await Self.chosen("runtime:keep=0.4", from: dense)
    #expect(found.parameters.storedBytes == dense.parameters.storedBytes)
    #expect(found.sparsity == dense.sparsity)
    let native = try #require(found.architecture as? GraphArchitecture)
    let logits = try found.network.logits(Self.inputs)
    #expect(
      (logits - (try dense.network.logits(Self.inputs))).absolute.largest(along: [0, 1]).scalar
        > 0.01)
    let again = try GraphArchitecture(
      name: native.name, inputShape: native.inputShape, classes: native.classes,
      structure: try #require(native.structure))
    #expect(try again.network(found.parameters).logits(Self.inputs).bytes == logits.bytes)
    let script = try withoutGradients { () throws(TorchError) in
      try native.exported(found.parameters).forward(Self.inputs)
    }
    #expect((script - logits).absolute.largest(along: [0, 1]).scalar < 1e-4)
  }

  @Test("Of what follows a choice the kept share is counted, and all of what does not")
  func multiplyAdds() async throws {
    let found = try await Self.sum(keep: 0.25)
    let native = try #require(found.architecture as? GraphArchitecture)
    #expect(native.choosesAtRuntime)
    // Twelve products, of which six have a weight that is not zero, and a quarter of these stays.
    let counted = try native.multiplyAdds(found.parameters)
    #expect(counted == MultiplyAdds(dense: 12, effective: 2))
  }

  @Test("Rounding may come first, and unknown layers are refused")
  func recipes() async throws {
    #expect(try RecipePlan(Recipe("magnitude+quantize+runtime:keep=0.5")).objection == nil)
    #expect(try RecipePlan(Recipe("runtime+quantize")).objection != nil)
    #expect(try !RecipePlan(Recipe("runtime")).keepsGradients)
    #expect(try !RecipePlan(Recipe("shard:combine=vote")).keepsGradients)
    #expect(try RecipePlan(Recipe("shard:combine=mean")).keepsGradients)
    let error = #expect(throws: CompressionError.self) {
      try RuntimePruning(keep: 0.5).check(Classifier.chain([[2, 2]]).architecture, to: 0)
    }
    #expect(error?.code == .unknownLayers)
  }
}
