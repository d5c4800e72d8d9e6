// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Foundation
import Models
import RobustCore
import Statistics
import Testing
import Torch

@Suite("Script models made smaller", .timeLimit(.minutes(15)))
struct ScriptModelTests {
  private func script(_ parent: Classifier) throws -> Classifier {
    let path = NSTemporaryDirectory() + "model-\(UUID().uuidString).pt"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try parent.architecture.exported(parent.parameters).save(to: path)
    let architecture = try ScriptArchitecture(contentsOf: path, inputShape: [2, 16, 16])
    return Classifier(
      architecture: architecture,
      parameters: architecture.initialParameters(random: RandomKey(seed: 0)))
  }

  private static let methods: [any Compression] = [
    StructuredPruning(epochs: 0), LowRank(epochs: 0),
  ]

  @Test(
    "A file is cut and factorised as the native model is",
    arguments: ["cnn", "resnet8"], methods.indices)
  func same(name: String, method: Int) async throws {
    let native = GraphArchitecture.native(name).trained
    let file = try script(native)
    #expect(file.densePrunableCount == native.densePrunableCount)
    let method = Self.methods[method]
    try method.check(file.architecture, to: 0.6)
    var logits: [Tensor] = []
    for parent in [native, file] {
      let child = try await method.compressed(
        parent, to: 0.6, tuning: FakeTuning(), random: RandomKey(seed: 1))
      #expect(child.sparsity >= 0.6 && child.sparsity < 0.62)
      #expect(child.architecture.structure != nil, "the smaller model can be made again")
      logits.append(try child.network.logits(normal([3, 2, 16, 16], "images")))
    }
    #expect(distance(logits[0], logits[1]) <= 1e-4, "norms are folded, float32")
  }

  @Test(
    "A file's activations are rounded where its layers are known",
    arguments: ["cnn", "resnet8"])
  func rounded(name: String) async throws {
    let native = GraphArchitecture.native(name).trained
    let file = try script(native)
    let images = normal([16, 2, 16, 16], "images")
    let tuning = FakeTuning(
      examples: Examples(
        inputs: images, labels: Tensor(Array(repeating: 0, count: 16)), classes: 3,
        inputRange: -4...4))
    let method = Quantization(bits: 8)
    try method.check(file.architecture, to: 0)
    var logits: [Tensor] = []
    for parent in [native, file] {
      let child = try await method.compressed(
        parent, to: 0, tuning: tuning, random: RandomKey(seed: 1))
      let layers = try #require(child.architecture as? GraphArchitecture).graph.layers
      #expect(layers.contains { if case .quantize = $0.operation { true } else { false } })
      logits.append(try child.network.logits(images))
    }
    // The same integers, but for weights and activations on the border of two.
    let range = logits[0].absolute.reshaped([-1]).largest(along: [0]).scalar
    #expect(distance(logits[0], logits[1]) <= 0.02 * range)
  }
}
