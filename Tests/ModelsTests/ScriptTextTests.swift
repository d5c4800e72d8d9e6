// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Models
import RobustCore
import Statistics
import Testing
import Torch

/// What PyTorch computed for the classifiers of texts under `Fixtures`.
private struct ExpectedTexts: Decodable {
  struct Model: Decodable {
    let parameters: [String: [Int]]
    let logits: [Float]
  }

  let ids: [Int]
  let models: [String: Model]

  static func read() throws -> ExpectedTexts {
    try JSONDecoder().decode(
      ExpectedTexts.self,
      from: Data(contentsOf: URL(fileURLWithPath: fixture("expected-texts.json"))))
  }
}

@Suite("TorchScript models of texts", .timeLimit(.minutes(15)))
struct ScriptTextTests {
  static let names = ["text-cnn-scripted", "text-lstm-scripted"]
  /// The rows of their tables.
  static let words = 50

  private func load(_ name: String, length: Int = 12, words: Int = words) throws -> Classifier {
    let architecture = try ScriptArchitecture(
      contentsOf: fixture("\(name).pt"), inputShape: [length], words: words)
    return Classifier(
      architecture: architecture,
      parameters: architecture.initialParameters(random: RandomKey(seed: 0)))
  }

  @Test("A file of PyTorch gives PyTorch's logits", arguments: names)
  func logits(name: String) throws {
    let expected = try ExpectedTexts.read()
    let truth = try #require(expected.models[name])
    let classifier = try load(name)
    #expect(classifier.architecture.classes == 4 && classifier.architecture.words == Self.words)
    let logits = try classifier.network.logits(Tensor(expected.ids, shape: [4, 12]))
    #expect(distance(logits, Tensor(truth.logits, shape: [4, 4])) <= 1e-5)
    let shapes = classifier.parameters.parameters.map { ($0.name, $0.weight.applied.shape) }
    #expect(Dictionary(uniqueKeysWithValues: shapes) == truth.parameters)
  }

  @Test("Texts of any length are taken, and fewer words than the table has", arguments: names)
  func lengths(name: String) throws {
    for length in [1, 2, 40] {
      let classifier = try load(name, length: length, words: 7)
      #expect(classifier.architecture.inputShape == [length])
      let ids = classifier.architecture.probe(3)
      #expect(try classifier.network.logits(ids).shape == [3, 4])
    }
  }

  @Test("More words than the table has are refused, by one", arguments: names)
  func tooManyWords(name: String) throws {
    let error = #expect(throws: ModelError.self) { try load(name, words: Self.words + 1) }
    #expect(error?.code == .tooManyWords)
    #expect(try error?.subject == fixture("\(name).pt"))
    #expect(error?.detail.hasPrefix("the vocabulary has 51 ids") == true)
    #expect(error?.detail.contains("\n") == false && error?.detail.contains(".cpp") == false)
    #expect(error?.remedy.contains("--vocabulary") == true)
  }

  @Test("A model of images does not read words, and one of words no images")
  func otherKind() throws {
    for name in ["cnn-traced", "mlp-scripted"] {
      let error = #expect(throws: ModelError.self) { try load(name) }
      #expect(error?.code == .wrongInputShape && error?.detail.contains("\n") == false)
    }
    for name in Self.names {
      let error = #expect(throws: ModelError.self) {
        try ScriptArchitecture(contentsOf: fixture("\(name).pt"), inputShape: [1, 28, 28])
      }
      #expect(error?.code == .wrongInputShape && error?.detail.contains("\n") == false)
    }
  }

  @Test("Parameters have gradients in training", arguments: names)
  func trains(name: String) throws {
    let expected = try ExpectedTexts.read()
    let classifier = try load(name)
    let leaves = classifier.parameters.applied.mapValues(\.leaf)
    let logits = try classifier.architecture.trainableNetwork().logits(
      Tensor(expected.ids, shape: [4, 12]), parameters: leaves, buffers: [:])
    let bias = try #require(leaves["out.bias"])
    let gradient = logits.crossEntropies(labels: Tensor([0, 1, 2, 3])).sum
      .gradient(withRespectTo: bias)
    // The gradient of the last bias is the sum of softmax minus label.
    let truth = logits.softmax().detached.sum(along: [0]) - Tensor([Float(1), 1, 1, 1])
    #expect(distance(gradient, truth) <= 1e-5)
  }

  @Test("An operator on words is named where a compression wants layers", arguments: names)
  func layers(name: String) throws {
    let classifier = try load(name)
    let layered = try #require(classifier.architecture as? any LayeredArchitecture)
    let error = #expect(throws: ModelError.self) { try layered.layered(classifier.parameters) }
    #expect(error?.code == .untranslatable)
    #expect(error?.detail.contains("embedding") == true, "\(error?.detail ?? "")")
  }
}
