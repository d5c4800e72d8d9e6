// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Records
import RobustCore
import Statistics
import Testing
import Torch

/// Training that brings the logits of its inputs near one, masks held.
///
/// Of every parameter the element of the largest gradient moves by `rate`.
private struct Descent: Tuning {
  let inputs: Tensor
  let steps: Int
  let rate: Double

  func tuned(_ classifier: Classifier, _ schedule: TuningSchedule) async throws -> ParameterSet {
    var current = classifier.parameters
    for _ in 0..<steps {
      let gradients = try loss(classifier, current).gradients
      for (name, weight) in current.parameters {
        guard let gradient = gradients[name] else { continue }
        let largest = gradient.absolute.reshaped([-1]).largest(along: [0]).scalar + 1e-12
        current[name] = weight.replacingValues(weight.applied - gradient * (rate / largest))
      }
    }
    return current
  }

  func loss(
    _ classifier: Classifier, _ parameters: ParameterSet
  ) throws -> (value: Double, gradients: [String: Tensor]) {
    let leaves = parameters.applied.mapValues(\.leaf)
    let loss = try withGradients {
      try classifier.architecture.trainableNetwork()
        .logits(inputs, parameters: leaves, buffers: [:]).distanceToOne
    }
    let names = parameters.names
    let found = loss.gradients(withRespectTo: names.compactMap { leaves[$0] })
    return (
      loss.scalar,
      zip(names, found).reduce(into: [:]) { gradients, item in gradients[item.0] = item.1 }
    )
  }

  func calibrationInputs(_ count: Int) -> Tensor { inputs }
  func part(_ index: Int, of count: Int) -> any Tuning { self }
  func initial(_ architecture: any Architecture) -> ParameterSet {
    architecture.initialParameters(random: RandomKey(seed: 0))
  }
  func batchGradients(
    of classifier: Classifier, batches: Int
  ) async throws -> [[String: Tensor]] { [] }
  func holdingOut(_ count: Int) -> (tuning: any Tuning, examples: Examples) {
    (
      self,
      Examples(inputs: inputs, labels: Tensor([0, 0]), classes: 3, inputRange: 0...1)
    )
  }
  func accuracy(
    of classifier: Classifier, on examples: Examples, steps: Int
  ) async throws -> (clean: Double, robust: Double) { (0, 0) }
}

extension Tensor {
  fileprivate var distanceToOne: Tensor { (self - 1).power(2).mean }
}

@Suite("Quantisation-aware training", .timeLimit(.minutes(15)))
struct QuantizationAwareTests {
  private static let inputs = Tensor(shape: [32, 1, 8, 8]) {
    RandomKey(seed: 2).stream().fillUniform($0, low: 0, high: 1)
  }

  private static func compressed(
    _ text: String, _ tuning: some Tuning, from classifier: Classifier = .residual(sparsity: 0.5)
  ) async throws -> Classifier {
    let specification = try Specification(text)
    return try await CompressionCatalog.member(for: specification).compression(specification)
      .compressed(classifier, to: 0, tuning: tuning, random: RandomKey(seed: 1))
  }

  private static func loss(_ classifier: Classifier) throws -> Double {
    try withoutGradients { try classifier.network.logits(inputs) }.distanceToOne.scalar
  }

  @Test(
    "Training goes down in what is stored, with masks and integers kept", arguments: ["4", "2"])
  func descends(bits: String) async throws {
    let still = Descent(inputs: Self.inputs, steps: 0, rate: 0)
    let moving = Descent(inputs: Self.inputs, steps: 30, rate: 0.03)
    let text = "quantize:bits=\(bits):calibration=mse:qat=true:epochs=1"
    let before = try await Self.compressed(text, still)
    let after = try await Self.compressed(text, moving)
    let (old, new) = (try Self.loss(before), try Self.loss(after))
    #expect(new < old * 0.7)
    #expect(after.sparsity == before.sparsity)
    var moved = false
    for name in after.architecture.prunable {
      guard case .quantized(let old) = before.parameters[name],
        case .quantized(let new) = after.parameters[name]
      else {
        Issue.record("\(name) is not quantised")
        continue
      }
      #expect(new.grid.scale.bytes == old.grid.scale.bytes, "the numbers to round to are held")
      #expect(new.mask?.bytes == old.mask?.bytes)
      moved = moved || new.codes.bytes != old.codes.bytes
    }
    #expect(moved)
  }

  @Test("Without training it is quantisation after training")
  func noTraining() async throws {
    let still = Descent(inputs: Self.inputs, steps: 0, rate: 0)
    let aware = try await Self.compressed("quantize:bits=4:qat=true", still)
    let plain = try await Self.compressed("quantize:bits=4", still)
    #expect(aware.parameters.storedBytes == plain.parameters.storedBytes)
  }

  @Test("Nothing is trained unless it was asked for")
  func asks() async throws {
    func epochs(_ text: String) async throws -> [Double?] {
      let tuning = FakeTuning(
        examples: Examples(
          inputs: Self.inputs, labels: Tensor(Array(repeating: 0, count: 32)), classes: 3,
          inputRange: 0...1))
      _ = try await Self.compressed(text, tuning)
      return await tuning.calls.map(\.epochs)
    }
    #expect(try await epochs("quantize:epochs=3").isEmpty)
    #expect(try await epochs("quantize:qat=true") == [0.5])
    #expect(try await epochs("quantize:qat=true:epochs=3") == [3])
  }

  /// The gradient that training sees is that of the rounded weights, by a by-hand chain rule.
  @Test("A weight's gradient is that of the number that it is rounded to")
  func gradient() async throws {
    let dense = Classifier.matrix([0.6, -1.2, 3, 0.2, 7, -7], shape: [2, 3])
    let recorder = ArchitectureRecorder()
    _ = try await Self.compressed(
      "quantize:bits=4:weights=per-tensor:activations=false:qat=true", recorder, from: dense)
    let aware = try #require(await recorder.architecture)
    let leaf = try #require(dense.parameters["layer0.weight"]?.applied.leaf)
    let input = Tensor([Float(1), 2, -1], shape: [1, 3])
    let loss = try withGradients {
      try aware.trainableNetwork().logits(
        input, parameters: ["layer0.weight": leaf, "bias": Tensor([Float(0), 0])], buffers: [:]
      ).power(2).sum
    }
    // Rounded to 1, −1, 3 and 0, 7, −7: logits 1 − 2 − 3 = −4 and 14 + 7 = 21; twice logit times input.
    #expect(loss.scalar == 16 + 441)
    #expect(
      loss.gradient(withRespectTo: leaf).elements(of: Float.self) == [-8, -16, 8, 42, 84, -42])
  }
}

/// Notes what it was asked to train.
private actor ArchitectureRecorder: Tuning {
  private(set) var architecture: (any Architecture)?

  func tuned(_ classifier: Classifier, _ schedule: TuningSchedule) async throws -> ParameterSet {
    architecture = classifier.architecture
    return classifier.parameters
  }

  nonisolated func calibrationInputs(_ count: Int) -> Tensor { Tensor([Float(0)]) }
  nonisolated func part(_ index: Int, of count: Int) -> any Tuning { self }
  nonisolated func initial(_ architecture: any Architecture) -> ParameterSet { ParameterSet() }
  func batchGradients(
    of classifier: Classifier, batches: Int
  ) async throws -> [[String: Tensor]] { [] }
  nonisolated func holdingOut(_ count: Int) -> (tuning: any Tuning, examples: Examples) {
    (
      self,
      Examples(inputs: Tensor([Float(0)]), labels: Tensor([0]), classes: 2, inputRange: 0...1)
    )
  }
  nonisolated func accuracy(
    of classifier: Classifier, on examples: Examples, steps: Int
  ) async throws -> (clean: Double, robust: Double) { (0, 0) }
}
