// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Records
import RobustCore
import Statistics
import Testing
import Torch

@Suite("Gates that are learned", .timeLimit(.minutes(15)))
struct LearnedGateTests {
  private static let inputs = Tensor(shape: [16, 1, 8, 8]) {
    RandomKey(seed: 12).stream().fillUniform($0, low: 0, high: 1)
  }

  private static func gated(
    _ text: String, from classifier: Classifier = .residual(), tuning: FakeTuning = FakeTuning()
  ) async throws -> Classifier {
    let specification = try Specification(text)
    return try await CompressionCatalog.member(for: specification).compression(specification)
      .compressed(classifier, to: 0, tuning: tuning, random: RandomKey(seed: 1))
  }

  /// Two channels become three by a 1×1 convolution, a rectifier with a gate, and their means.
  private static func small(keep: Double, width: Int = 1) async throws -> Classifier {
    var graph = Graph()
    graph.append("conv", .convolution(input: 2, output: 3, kernel: 1, bias: false), reading: [-1])
    graph.append("relu", .relu)
    graph.append("pool", .globalAveragePool)
    graph.append("flatten", .flatten)
    let architecture = GraphArchitecture(
      name: "small", inputShape: [2, 1, 2], classes: 3, graph: graph)
    var parameters = ParameterSet()
    parameters["conv.weight"] = .dense(
      Tensor([1, 0, 0, 1, 1, 1] as [Float], shape: [3, 2, 1, 1]))
    var model = try await gated(
      "runtime:gate=learned:epochs=0:block=\(width):keep=\(keep)",
      from: Classifier(architecture: architecture, parameters: parameters))
    if width == 1 {
      // Saliencies: that of channel 1, twice that of channel 2, and never anything.
      model.parameters["gate1.weight"] = .dense(
        Tensor([1, 0, 0, 2, -1, -1] as [Float], shape: [3, 2]))
    } else {
      model.parameters["gate1.weight"] = .dense(
        Tensor([1, 0, 0, 2] as [Float], shape: [2, 2]))
    }
    let blocks = width == 1 ? 3 : 2
    model.parameters["gate1.bias"] = .dense(Tensor(repeating: 0, shape: [blocks]))
    return model
  }

  /// Means of sizes 2 and 1.5 over the two positions.
  private static let image = Tensor([1, 3, -1, 2] as [Float], shape: [1, 2, 1, 2])

  @Test("Saliencies multiply what stays, by hand")
  func byHand() async throws {
    // Rectified: (1, 3), (0, 2), (0, 5); saliencies 2, 3, 0.
    let both = try await Self.small(keep: 0.7).network.logits(Self.image)
    #expect(both.elements(of: Float.self) == [4, 3, 0])
    let one = try await Self.small(keep: 0.34).network.logits(Self.image)
    #expect(one.elements(of: Float.self) == [0, 3, 0])
    // Two channels share the first saliency, and the last block has one alone.
    let blocks = try await Self.small(keep: 0.99, width: 2)
    #expect(try blocks.network.logits(Self.image).elements(of: Float.self) == [0, 0, 7.5])
  }

  @Test("The model's own gradient passes what stays, the straight-through one what is left out too")
  func gradients() async throws {
    let model = try await Self.small(keep: 0.34)
    func gradient(_ network: any Network) throws -> [Float] {
      let leaf = Self.image.leaf
      return try withGradients { try network.logits(leaf).sum }
        .gradient(withRespectTo: leaf).elements(of: Float.self)
    }
    #expect(!model.architecture.isDifferentiable)
    // ∂(3 · mean relu x₂): the saliency's slope is 2 · sign x₂ / 2, the mean of relu x₂ is 1.
    #expect(try gradient(model.network) == [0, 0, -1, 1 + 1.5])
    // Besides 2 · mean relu x₁, whose saliency has the slope 1/2 and whose mean is 2.
    #expect(try gradient(model.attackedNetwork) == [1 + 1, 1 + 1, -1, 1 + 1.5])
  }

  @Test("Every hidden rectifier has a gate, which is small, and no stored weight goes")
  func parameters() async throws {
    let dense = Classifier.residual(sparsity: 0.4)
    let model = try await Self.gated("runtime:gate=learned:epochs=0:block=2", from: dense)
    let native = try #require(model.architecture as? GraphArchitecture)
    let gates = native.graph.layers.filter {
      if case .gate = $0.operation { true } else { false }
    }
    #expect(gates.count == 3)
    #expect(model.sparsity == dense.sparsity)
    for (name, weight) in dense.parameters.parameters {
      #expect(model.parameters[name]?.storedCount == weight.storedCount)
    }
    // Three blocks of six channels from one, four of eight from six, four from the sum's eight.
    let added = model.parameters.parameterCount - dense.parameters.parameterCount
    #expect(added == 3 * (1 + 1) + 4 * (6 + 1) + 4 * (8 + 1))
  }

  @Test("TorchScript and a stored structure give the same logits")
  func exported() async throws {
    let model = try await Self.gated("runtime:gate=learned:epochs=0:keep=0.4:block=3")
    let native = try #require(model.architecture as? GraphArchitecture)
    let logits = try model.network.logits(Self.inputs)
    let again = try GraphArchitecture(
      name: native.name, inputShape: native.inputShape, classes: native.classes,
      structure: try #require(native.structure))
    #expect(try again.network(model.parameters).logits(Self.inputs).bytes == logits.bytes)
    let script = try withoutGradients { () throws(TorchError) in
      try native.exported(model.parameters).forward(Self.inputs)
    }
    #expect((script - logits).absolute.largest(along: [0, 1]).scalar < 1e-4)
  }

  @Test(
    "What a gate leaves out is computed neither before it nor behind it; its own products count")
  func multiplyAdds() async throws {
    let model = try await Self.small(keep: 0.34)
    let native = try #require(model.architecture as? GraphArchitecture)
    #expect(native.choosesAtRuntime)
    // Two positions of six weights, of which four are not zero, a third of them wanted, and a gate of
    // three by two.
    let counted = try native.multiplyAdds(model.parameters)
    #expect(counted == MultiplyAdds(dense: 12 + 6, effective: 3 + 6))
  }

  @Test("Gates are trained with the weights, before anything becomes an integer")
  func training() async throws {
    let tuning = FakeTuning()
    _ = try await Self.gated("runtime:gate=learned:epochs=3", tuning: tuning)
    #expect(await tuning.calls.map(\.epochs) == [3])
    #expect(await tuning.calls.first?.parameters["gate3.weight"] != nil)
    #expect(try RecipePlan(Recipe("magnitude+runtime:gate=learned+quantize")).objection == nil)
    #expect(try !RecipePlan(Recipe("runtime:gate=learned")).keepsGradients)
    let objection = try #require(RecipePlan(Recipe("quantize+runtime:gate=learned")).objection)
    #expect(objection.contains("learns which parts"))
    let error = #expect(throws: SpecificationError.self) {
      let winners = try Specification("runtime:epochs=2")
      _ = try CompressionCatalog.member(for: winners).compression(winners)
    }
    #expect(error?.remedy.contains("gate=learned") == true)
  }
}
