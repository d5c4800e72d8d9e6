// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Models
import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch
import Training

@testable import Evaluation

@Suite("What holds for every compression", .tags(.law), .timeLimit(.minutes(15)))
struct CompressionLawTests {
  private static let classes = 3

  /// Noise with a bright third: enough to train on, not to learn from.
  private static let examples: Examples = {
    let count = 96
    let inputs = Tensor(shape: [count, 1, 12, 12]) {
      RandomKey(seed: 8).stream().fillUniform($0, low: 0, high: 1)
    }
    return Examples(
      inputs: inputs, labels: Tensor((0..<count).map { $0 % classes }), classes: classes,
      inputRange: 0...1)
  }()

  private static let dense: Classifier = {
    let architecture = GraphArchitecture.resnet8(
      InputDescription(shape: [1, 12, 12], classes: classes, mean: [0.5], deviation: [0.3]))
    return Classifier(
      architecture: architecture,
      parameters: architecture.initialParameters(random: RandomKey(seed: 1)))
  }()

  private static func tuner() throws -> VariantTuner {
    var experiment = Experiment()
    experiment.epsilons = [try #require(Epsilon("0.1"))]
    return VariantTuner(
      examples: examples, dataset: "noise", training: try Specification("fgsm:batch=32:lr=0.001"),
      context: TrainingMember.Context(experiment), pool: WorkerPool(workers: 2),
      random: RandomKey(seed: 3), initialRandom: RandomKey(seed: 1)
    ) { _ in }
  }

  /// The shortest work that a member can be asked for.
  private static let short: [String: String] = [
    "epochs": "0.34", "rounds": "2", "batches": "1", "candidates": "2", "search-epochs": "0.34",
    "held-out": "16", "steps": "1", "inputs": "16", "samples": "16",
  ]

  /// Every member as it is by default, and what differs most from that.
  private static let texts =
    CompressionCatalog.members.map(\.entry.name) + [
      "runtime:gate=learned", "structure:budget=macs", "distill:start=teacher", "distill:loss=akd",
    ]

  private static func compressed(_ text: String, to sparsity: Double) async throws -> Classifier {
    let member = try CompressionCatalog.member(for: try Specification(text))
    let parameters = member.entry.parameters.compactMap { parameter in
      // Winners learn nothing.
      text == "runtime" && parameter.name == "epochs"
        ? nil : short[parameter.name].map { ":\(parameter.name)=\($0)" }
    }
    let specification = try Specification(text + parameters.joined())
    let method = try member.compression(specification)
    try method.check(dense.architecture, to: sparsity)
    return try await method.compressed(
      dense, to: sparsity, tuning: tuner(), random: RandomKey(seed: 2))
  }

  @Test(
    "The sparsity is reached; cache, packed file and TorchScript give the same model",
    arguments: texts)
  func law(name: String) async throws {
    let model = try await Self.compressed(name, to: 0.5)
    let method = try CompressionCatalog.member(for: try Specification(name))
      .compression(try Specification(name))
    #expect(model.densePrunableCount == Self.dense.densePrunableCount)
    if method.removesParameters {
      #expect(model.sparsity >= 0.5)
      #expect(model.sparsity < 0.75, "not far more than was asked for")
    } else {
      #expect(model.sparsity == 0)
    }
    #expect(
      method.keepsGradients == model.architecture.isDifferentiable,
      "the plan must know beforehand which attacks to add")

    let images = Self.examples.inputs.slice(0..<8)
    let logits = try model.network.logits(images)
    #expect(logits.shape == [8, Self.classes])
    let areFinite = logits.elements(of: Float.self).allSatisfy(\.isFinite)
    #expect(areFinite)

    let folder = try TemporaryFolder()
    let cache = ModelCache(folder: folder("cache"))
    try cache.store(ModelCache.Model(classifier: model, stageSeconds: [:]), name)
    let cached = try #require(cache.model(name, like: Self.dense)).classifier
    #expect(try cached.network.logits(images).bytes == logits.bytes)
    #expect(cached.sparsity == model.sparsity)

    let packed = PackedModel.encoded(model.parameters)
    let unpacked = try PackedModel.decoded(packed, like: cached.parameters, subject: name)
    let again = model.replacing(parameters: unpacked)
    #expect(try again.network.logits(images).bytes == logits.bytes)

    let path = folder("model.pt")
    try model.architecture.exported(model.parameters).save(to: path)
    let script = try ScriptModule(contentsOf: path)
    script.setTraining(false)
    let difference = (try script.forward(images) - logits).absolute.reshaped([-1])
      .largest(along: [0]).scalar
    let size = logits.absolute.reshaped([-1]).largest(along: [0]).scalar
    #expect(difference <= 1e-4 * max(1, size), "float32, folded and not")
  }

  @Test("The same seed gives the same bytes", arguments: texts)
  func determinism(name: String) async throws {
    let one = try await Self.compressed(name, to: 0.5)
    let other = try await Self.compressed(name, to: 0.5)
    #expect(one.architecture.structure == other.architecture.structure)
    #expect(
      one.parameters.safetensors.encoded() == other.parameters.safetensors.encoded())
  }
}
