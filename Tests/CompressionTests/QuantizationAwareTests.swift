// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Records
import RobustCore
import Statistics
import Testing
import Torch

/// Training that brings the logits of some inputs near one, masks held.
///
/// In each step the element of the largest gradient moves by `rate`, parameter by parameter.
private func descent(_ inputs: Tensor, steps: Int, rate: Double) -> FakeTuning {
  let examples = Examples(
    inputs: inputs, labels: Tensor(Array(repeating: 0, count: inputs.size(0))), classes: 3,
    inputRange: 0...1)
  return FakeTuning(examples: examples) { classifier, _ in
    var current = classifier.parameters
    for _ in 0..<steps {
      let leaves = current.applied.mapValues(\.leaf)
      let loss = withGradients {
        try? classifier.architecture.trainableNetwork()
          .logits(inputs, parameters: leaves, buffers: [:]).distanceToOne
      }
      let names = current.names
      let gradients = loss?.gradients(withRespectTo: names.compactMap { leaves[$0] }) ?? []
      for (name, gradient) in zip(names, gradients) {
        guard let gradient, let weight = current[name] else { continue }
        let largest = gradient.absolute.reshaped([-1]).largest(along: [0]).scalar + 1e-12
        current[name] = weight.replacingValues(weight.applied - gradient * (rate / largest))
      }
    }
    return current
  }
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
    let still = descent(Self.inputs, steps: 0, rate: 0)
    let moving = descent(Self.inputs, steps: 30, rate: 0.03)
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
    let still = descent(Self.inputs, steps: 0, rate: 0)
    let aware = try await Self.compressed("quantize:bits=4:qat=true", still)
    let plain = try await Self.compressed("quantize:bits=4", still)
    #expect(aware.parameters.storedBytes == plain.parameters.storedBytes)
  }

  @Test("Nothing is trained unless it was asked for")
  func asks() async throws {
    func epochs(_ text: String) async throws -> [Double?] {
      let tuning = descent(Self.inputs, steps: 0, rate: 0)
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
    let recorder = FakeTuning()
    _ = try await Self.compressed(
      "quantize:bits=4:weights=per-tensor:activations=false:qat=true", recorder, from: dense)
    let aware = try #require(await recorder.calls.first).architecture
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
