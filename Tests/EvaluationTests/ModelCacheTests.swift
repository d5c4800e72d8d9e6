// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Models
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Evaluation

@Suite("The model cache", .timeLimit(.minutes(15)))
struct ModelCacheTests {
  private static let input = InputDescription(
    shape: [1, 12, 12], classes: 3, mean: [0.5], deviation: [0.5])

  private static func dense() -> Classifier {
    let architecture = GraphArchitecture.mlp(input)
    return Classifier(
      architecture: architecture,
      parameters: architecture.initialParameters(random: RandomKey(seed: 1)))
  }

  /// The dense model with a hidden layer of five units less.
  private static func narrower(than dense: Classifier) throws -> Classifier {
    let native = try #require(dense.architecture as? GraphArchitecture)
    var graph = Graph()
    for layer in native.graph.layers {
      let operation: Layer.Operation =
        switch layer.name {
        case "fc1": .linear(input: 144, output: 251)
        case "fc2": .linear(input: 251, output: 256)
        default: layer.operation
        }
      graph.append(layer.name, operation, reading: layer.inputs)
    }
    let architecture = GraphArchitecture(
      name: native.name, inputShape: native.inputShape, classes: native.classes, graph: graph)
    return dense.replacing(
      architecture: architecture,
      parameters: architecture.initialParameters(random: RandomKey(seed: 2)))
  }

  @Test(
    "A model comes back with its structure, its bytes and its dense count",
    arguments: [false, true])
  func roundTrip(isRewritten: Bool) throws {
    let folder = try TemporaryFolder()
    let cache = ModelCache(folder: folder("cache"))
    let dense = Self.dense()
    let model = isRewritten ? try Self.narrower(than: dense) : dense
    try cache.store(ModelCache.Model(classifier: model, stageSeconds: ["train": 1]), "it")
    let found = try #require(cache.model("it", like: dense))
    #expect(found.stageSeconds == ["train": 1])
    #expect(found.classifier.densePrunableCount == dense.densePrunableCount)
    #expect(found.classifier.sparsity == model.sparsity)
    #expect(found.classifier.sparsity == (isRewritten ? 5.0 * (144 + 256) / 103_168 : 0))
    #expect(found.classifier.architecture.structure == model.architecture.structure)
    let images = Tensor(repeating: 0.25, shape: [2, 1, 12, 12])
    #expect(
      try found.classifier.network.logits(images).bytes == model.network.logits(images).bytes)
  }

  @Test("Another description, a changed byte or a cut file is no hit")
  func misses() throws {
    let folder = try TemporaryFolder()
    let cache = ModelCache(folder: folder("cache"))
    let dense = Self.dense()
    try cache.store(ModelCache.Model(classifier: dense, stageSeconds: [:]), "it")
    #expect(cache.model("another", like: dense) == nil)
    let path = "\(folder("cache"))/\(ModelCache.key("it")).safetensors"
    let whole = try Data(contentsOf: URL(filePath: path))
    for damaged in [
      whole.dropLast(), whole.prefix(20), Data(), whole.dropLast() + [whole[whole.count - 1] ^ 1],
    ] {
      try damaged.write(to: URL(filePath: path))
      #expect(cache.model("it", like: dense) == nil)
    }
    try whole.write(to: URL(filePath: path))
    #expect(cache.model("it", like: dense) != nil)
  }
}
