// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Foundation
import Models
import Records
import RobustCore
import Statistics
import Synchronization
import Testing
import Torch

@testable import Training

/// Moves every value by a fixed amount, whatever the model: an attack whose answer is known.
private struct Shift: GradientAttack {
  let amount: Double

  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor { batch.inputs + amount }
}

/// Notes the victim's gradient at inputs a little off the batch's own, and changes nothing.
private final class GradientProbe: GradientAttack {
  private let noted = Mutex<[Float]>([])

  var gradient: [Float] { noted.withLock { $0 } }

  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    let answer = try victim.gradient(
      of: .crossEntropy, at: batch.inputs + 0.05, labels: batch.labels,
      rows: Array(0..<batch.count))
    noted.withLock { $0 = answer.gradient.elements() }
    return batch.inputs
  }
}

@Suite("Losses of training", .timeLimit(.minutes(15)))
struct ObjectiveTests {
  private let architecture = Fixtures.linear([1, 1, 4])
  private let examples = Examples(
    inputs: Tensor(
      [0.1, 0.9, 0.3, 0.5, 0.8, 0.2, 0.6, 0.4, 0.7, 0.7, 0.1, 0] as [Float], shape: [3, 1, 1, 4]),
    labels: Tensor([0, 2, 1]), classes: 3, inputRange: 0...1)

  private var parameters: ParameterSet {
    var set = architecture.initialParameters(random: RandomKey(seed: 12))
    set["fc.bias"] = .dense(Tensor([0.1, -0.2, 0.3] as [Float]))
    return set
  }

  private var threat: ThreatModel {
    get throws { ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0.1"))) }
  }

  private func loss(_ objective: any Objective) throws -> Double {
    let set = parameters
    let network = architecture.trainableNetwork()
    let model = TileModel(
      logits: { try network.logits($0, parameters: set.applied, buffers: [:]) },
      evaluation: architecture.network(set), classes: 3, inputRange: 0...1)
    return try objective.loss(
      examples.batch([0, 1, 2]), model: model, random: RandomKey(seed: 1)
    ).scalar
  }

  /// The logits of every example, in double precision, with inputs moved by an amount.
  private func logits(_ shift: Double) -> [[Double]] {
    let weights = parameters.values("fc.weight").map(Double.init)
    let bias = parameters.values("fc.bias").map(Double.init)
    let inputs = examples.inputs.elements(of: Float.self).map(Double.init)
    return (0..<3).map { example in
      let values = inputs[example * 4..<example * 4 + 4].map { $0 + shift }
      return (0..<3).map { unit in
        bias[unit] + dot(Array(weights[unit * 4..<unit * 4 + 4]), values)
      }
    }
  }

  private func dot(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func softmax(_ row: [Double]) -> [Double] {
    let powers = row.map { exp($0) }
    return powers.map { $0 / powers.reduce(0, +) }
  }

  private var crossEntropy: Double {
    zip(logits(0), [0, 2, 1]).reduce(0) { $0 - log(softmax($1.0)[$1.1]) }
  }

  @Test("The standard loss is the sum of cross-entropies")
  func standard() throws {
    #expect(abs(try loss(StandardObjective()) - crossEntropy) <= 1e-5)
  }

  @Test("The adversarial loss is that of the attacked inputs")
  func adversarial() throws {
    let expected = zip(logits(0.07), [0, 2, 1]).reduce(0) { $0 - log(softmax($1.0)[$1.1]) }
    let found = try loss(AdversarialObjective(attack: Shift(amount: 0.07), threat: threat))
    #expect(abs(found - expected) <= 1e-5)
  }

  @Test(
    "TRADES adds beta times the divergence of clean from attacked answers", arguments: [0, 1, 6])
  func trades(beta: Double) throws {
    let divergence = zip(logits(0), logits(0.07)).reduce(0) { sum, rows in
      let (clean, attacked) = (softmax(rows.0), softmax(rows.1))
      return sum + zip(clean, attacked).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
    }
    #expect(divergence > 1e-3, "or nothing is compared")
    let found = try loss(
      TradesObjective(attack: Shift(amount: 0.07), threat: threat, beta: beta))
    #expect(abs(found - (crossEntropy + beta * divergence)) <= 1e-5)
  }

  /// On a linear model the gradient of KL(p ‖ q(x)) in x is Wᵀ (q − p).
  @Test("The attack inside TRADES climbs the divergence, not the cross-entropy")
  func tradesGradient() throws {
    let weights = parameters.values("fc.weight").map(Double.init)
    let gradients = zip(logits(0), logits(0.05)).map { rows in
      let gaps = zip(softmax(rows.1), softmax(rows.0)).map { $0 - $1 }
      return (0..<4).map { input in dot((0..<3).map { weights[$0 * 4 + input] }, gaps) }
    }
    let probe = GradientProbe()
    _ = try loss(TradesObjective(attack: probe, threat: threat, beta: 1))
    let found = probe.gradient.map(Double.init)
    #expect(found.count == 12)
    for (found, expected) in zip(found, gradients.joined()) {
      #expect(abs(found - expected) <= 1e-6)
    }
  }

  @Test("Batch gradients are those of the mean loss over the batch")
  func batchGradients() async throws {
    let examples = Fixtures.images(90)
    let architecture = Fixtures.linear()
    let set = architecture.initialParameters(random: RandomKey(seed: 2))
    let trainer = Fixtures.trainer(
      architecture, examples, StandardObjective(), TrainingRecipe(epochs: 1, batchSize: 45),
      workers: 2)
    let found = try await trainer.batchGradients(of: set, batches: 5)
    #expect(found.count == 2, "an epoch has two batches")
    // Both halves of one shuffled epoch: their mean is the gradient over all 90 examples.
    let leaf = set["fc.weight"].map(\.applied.leaf)
    let weight = try #require(leaf)
    let bias = try #require(set["fc.bias"]).applied
    let whole = withGradients {
      examples.inputs.flattenedExamples.linear(weight: weight, bias: bias)
        .crossEntropies(labels: examples.labels).mean.gradient(withRespectTo: weight)
    }
    let mean = (try #require(found[0]["fc.weight"]) + #require(found[1]["fc.weight"])) * 0.5
    let error = (mean - whole).absolute.largest(along: [0, 1]).scalar
    #expect(error <= 1e-6, "float32, 90 terms")
    #expect(found[0]["fc.weight"]?.bytes != found[1]["fc.weight"]?.bytes)
    let again = try await trainer.batchGradients(of: set, batches: 1)
    #expect(again[0]["fc.weight"]?.bytes == found[0]["fc.weight"]?.bytes)
  }
}
