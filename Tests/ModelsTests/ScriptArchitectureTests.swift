// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Models
import RobustCore
import Statistics
import Testing
import Torch

@Suite("TorchScript models", .timeLimit(.minutes(15)))
struct ScriptArchitectureTests {
  static let names = ["cnn-traced", "resnet-scripted", "mlp-scripted"]

  private func load(_ name: String) throws -> Classifier {
    let architecture = try ScriptArchitecture(
      contentsOf: fixture("\(name).pt"), inputShape: [1, 28, 28])
    return Classifier(
      architecture: architecture,
      parameters: architecture.initialParameters(random: RandomKey(seed: 0)))
  }

  @Test("A file of PyTorch gives PyTorch's logits", arguments: names)
  func logits(name: String) throws {
    let expected = try Expected.read()
    let classifier = try load(name)
    #expect(classifier.architecture.name == name)
    #expect(classifier.architecture.classes == 10)
    let logits = try classifier.network.logits(expected.images)
    let truth = Tensor(try #require(expected.models[name]).logits, shape: [4, 10])
    #expect(distance(logits, truth) <= 1e-5)
  }

  @Test("A file of PyTorch gives PyTorch's input gradients", arguments: names)
  func gradients(name: String) throws {
    let expected = try Expected.read()
    let truth = try #require(expected.models[name])
    let labels = Tensor(truth.labels)
    let answer = try load(name).network.tiledGradient(at: expected.images) { logits, range in
      Loss.crossEntropy.values(logits: logits, labels: labels.slice(range))
    }
    let norms = answer.gradient.flattenedExamples.norm(2, along: [1]).elements(of: Float.self)
    for (norm, wanted) in zip(norms, truth.gradient_l2_per_example) {
      #expect(abs(Double(norm) - wanted) <= 1e-5 * max(1, wanted))
    }
    let first = answer.gradient.reshaped([-1]).slice(0..<10)
    #expect(distance(first, Tensor(truth.gradient_first_ten)) <= 1e-5)
  }

  @Test("Parameters and buffers have PyTorch's names and shapes", arguments: names)
  func parameters(name: String) throws {
    let expected = try #require(try Expected.read().models[name])
    let classifier = try load(name)
    var shapes: [String: [Int]] = [:]
    for (name, weight) in classifier.parameters.parameters { shapes[name] = weight.applied.shape }
    #expect(shapes == expected.parameters)
    #expect(classifier.parameters.bufferNames == expected.buffers)
    #expect(
      Set(classifier.architecture.prunable)
        == Set(expected.parameters.filter { $0.value.count >= 2 }.keys))
  }

  @Test("A masked last layer changes the logits as the matrix product does")
  func maskedLogits() throws {
    let images = try Expected.read().images
    var classifier = try load("mlp-scripted")
    let before = try classifier.network.logits(images)
    let weight = try #require(classifier.parameters["4.weight"]).applied
    let bias = try #require(classifier.parameters["4.bias"]).applied
    // The first five classes lose all their weights: only the bias is left.
    let mask = Tensor((0..<160).map { $0 >= 80 }, shape: [10, 16])
    classifier.parameters["4.weight"] = .masking(weight, with: mask)
    let after = try classifier.network.logits(images)
    let expected = Tensor.concatenated(
      [
        bias.slice(0..<5).reshaped([1, 5]) + Tensor(repeating: 0, shape: [4, 5]),
        before.slice(5..<10, along: 1),
      ], along: 1)
    #expect(distance(after, expected) <= 1e-6)
    #expect(distance(before, after) > 0.01)
    // 80 of 16 · 784 + 10 · 16 elements.
    #expect(classifier.sparsity == 80.0 / Double(16 * 784 + 160))
  }

  @Test("Networks of different parameters do not disturb one another, nor the file")
  func networksAreSeparate() throws {
    let images = try Expected.read().images
    let classifier = try load("resnet-scripted")
    let dense = classifier.network
    let before = try dense.logits(images).elements(of: Float.self)
    var pruned = classifier
    let weight = try #require(pruned.parameters["8.weight"]).applied
    pruned.parameters["8.weight"] = .masking(
      weight, with: Tensor(Array(repeating: false, count: weight.count), shape: weight.shape))
    let bias = try #require(classifier.parameters["8.bias"]).applied
    #expect(distance(try pruned.network.logits(images).slice(0..<1).reshaped([10]), bias) == 0)
    #expect(try dense.logits(images).elements(of: Float.self) == before)
    #expect(try classifier.network.logits(images).elements(of: Float.self) == before)
  }

  @Test("An exported script model reloads with its parameters and logits", arguments: names)
  func exports(name: String) throws {
    let images = try Expected.read().images
    let classifier = try load(name)
    try withTemporaryFile { path in
      try classifier.architecture.exported(classifier.parameters).save(to: path)
      let module = try ScriptModule(contentsOf: path)
      #expect(distance(try module.forward(images), try classifier.network.logits(images)) <= 1e-6)
    }
  }

  @Test("A script model gives gradients of its parameters in training", arguments: names)
  func trains(name: String) throws {
    let images = try Expected.read().images
    let classifier = try load(name)
    var leaves: [String: Tensor] = [:]
    for (name, weight) in classifier.parameters.parameters { leaves[name] = weight.applied.leaf }
    let logits = try classifier.architecture.trainableNetwork().logits(
      images, parameters: leaves, buffers: [:])
    let names = classifier.parameters.names
    let gradients = logits.crossEntropies(labels: Tensor([0, 1, 2, 3])).sum.gradients(
      withRespectTo: names.compactMap { leaves[$0] })
    #expect(gradients.allSatisfy { ($0?.nonZeroCount ?? 0) > 0 })
    // The gradient of the last bias is the sum of softmax minus label.
    let bias = try #require(names.firstIndex(of: name == "mlp-scripted" ? "4.bias" : "8.bias"))
    let labels = Tensor([Float(1), 1, 1, 1, 0, 0, 0, 0, 0, 0])
    let expected = logits.softmax().detached.sum(along: [0]) - labels
    #expect(distance(try #require(gradients[bias]), expected) <= 1e-5)
  }

  @Test("Dropout that was left on in the file is off, in evaluation and in training")
  func dropoutIsOff() throws {
    let images = try Expected.read().images
    let classifier = try load("odd-dropout-left-on")
    func evaluated() throws -> [Float] {
      try classifier.network.logits(images).elements(of: Float.self)
    }
    func trained() throws -> [Float] {
      try classifier.architecture.trainableNetwork().logits(
        images, parameters: classifier.parameters.applied, buffers: [:]
      ).elements(of: Float.self)
    }
    let first = try evaluated()
    #expect(try evaluated() == first)
    #expect(try trained() == first)
  }

  @Test("A script runs the same first and later, from many threads at once")
  func runsPlainly() throws {
    let images = try Expected.read().images
    let network = try load("resnet-scripted").network
    let first = try network.logits(images).elements(of: Float.self)
    let different = Differences()
    DispatchQueue.concurrentPerform(iterations: 16) { _ in
      for _ in 0..<4 {
        let again = try? network.logits(images).elements(of: Float.self)
        if again != first { different.add() }
      }
    }
    #expect(different.count == 0)
  }

  private final class Differences: Sendable {
    private let lock = NSLock()
    nonisolated(unsafe) private var value = 0
    var count: Int { lock.withLock { value } }
    func add() { lock.withLock { value += 1 } }
  }
}
