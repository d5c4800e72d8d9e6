// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Models
import Records
import RobustCore
import Statistics
import Synchronization
import Testing
import Torch

@testable import Training

/// Moves every value by a fixed amount, and notes the victim's gradient at the inputs.
private final class ProbingShift: GradientAttack {
  private let noted = Mutex<[Float]>([])
  let amount: Double

  init(_ amount: Double) { self.amount = amount }

  var gradient: [Float] { noted.withLock { $0 } }

  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    let answer = try victim.gradient(
      of: .crossEntropy, at: batch.inputs, labels: batch.labels, rows: Array(0..<batch.count))
    noted.withLock { $0 = answer.gradient.elements() }
    return batch.inputs + amount
  }
}

/// Losses of a linear student and a linear teacher, against the same sums in double precision.
@Suite("Losses of students", .timeLimit(.minutes(15)))
struct DistillationObjectiveTests {
  private let architecture = Fixtures.linear([1, 1, 4])
  private let labels = [0, 2, 1]
  private let examples = Examples(
    inputs: Tensor(
      [0.1, 0.9, 0.3, 0.5, 0.8, 0.2, 0.6, 0.4, 0.7, 0.7, 0.1, 0] as [Float], shape: [3, 1, 1, 4]),
    labels: Tensor([0, 2, 1]), classes: 3, inputRange: 0...1)

  private var student: ParameterSet { architecture.initialParameters(random: RandomKey(seed: 12)) }
  private var teacher: ParameterSet { architecture.initialParameters(random: RandomKey(seed: 13)) }

  private func loss(
    _ kind: DistillationLoss.Kind, temperature: Double, alpha: Double,
    attack: (any GradientAttack)? = nil
  ) throws -> Double {
    let threat = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0.1")))
    let objective = DistillationObjective(
      DistillationLoss(kind, temperature: temperature, alpha: alpha),
      teacher: architecture.network(teacher),
      adversary: attack.map { Adversary(attack: $0, threat: threat) })
    let set = student
    let network = architecture.trainableNetwork()
    let model = TileModel(
      logits: { try network.logits($0, parameters: set.applied, buffers: [:]) },
      evaluation: objective.needsEvaluationNetwork ? architecture.network(set) : nil, classes: 3,
      inputRange: 0...1)
    return try objective.loss(
      examples.batch([0, 1, 2]), model: model, random: RandomKey(seed: 1)
    ).scalar
  }

  private func logits(_ set: ParameterSet, _ shift: Double = 0) -> [[Double]] {
    let weights = set.values("fc.weight").map(Double.init)
    let inputs = examples.inputs.elements(of: Float.self).map(Double.init)
    return (0..<3).map { example in
      (0..<3).map { unit in
        (0..<4).reduce(0) { $0 + weights[unit * 4 + $1] * (inputs[example * 4 + $1] + shift) }
      }
    }
  }

  private func softmax(_ row: [Double], _ temperature: Double) -> [Double] {
    let powers = row.map { exp($0 / temperature) }
    return powers.map { $0 / powers.reduce(0, +) }
  }

  private func divergence(_ temperature: Double, shift: Double) -> Double {
    zip(logits(teacher), logits(student, shift)).reduce(0) { sum, rows in
      let (one, other) = (softmax(rows.0, temperature), softmax(rows.1, temperature))
      return sum + zip(one, other).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
    }
  }

  private var crossEntropy: Double { crossEntropy(shift: 0) }

  private func crossEntropy(shift: Double) -> Double {
    zip(logits(student, shift), labels).reduce(0) { $0 - log(softmax($1.0, 1)[$1.1]) }
  }

  @Test(
    "Knowledge distillation: softened answers and labels, nothing attacked",
    arguments: [(1, 0.5), (4, 0.9), (4, 0), (2, 1)] as [(Double, Double)])
  func knowledge(temperature: Double, alpha: Double) throws {
    let expected =
      alpha * temperature * temperature * divergence(temperature, shift: 0)
      + (1 - alpha) * crossEntropy
    let attack = ProbingShift(0.07)
    let found = try loss(.knowledge, temperature: temperature, alpha: alpha, attack: attack)
    #expect(abs(found - expected) <= 1e-5)
    #expect(attack.gradient.isEmpty)
  }

  @Test(
    "Adversarially robust distillation: attacked student against clean teacher, clean labels",
    arguments: [(30, 1), (2, 0.6)] as [(Double, Double)])
  func adversariallyRobust(temperature: Double, alpha: Double) throws {
    let expected =
      alpha * temperature * temperature * divergence(temperature, shift: 0.07)
      + (1 - alpha) * crossEntropy
    let found = try loss(
      .adversariallyRobust, temperature: temperature, alpha: alpha, attack: ProbingShift(0.07))
    #expect(abs(found - expected) <= 5e-4, "float32, multiplied by 900")
  }

  @Test(
    "Adversarial knowledge distillation: attacked student against clean teacher and labels",
    arguments: [(3, 0.1), (1, 0.5), (2, 0)] as [(Double, Double)])
  func adversarialKnowledge(temperature: Double, alpha: Double) throws {
    let expected =
      alpha * temperature * temperature * divergence(temperature, shift: 0.07)
      + (1 - alpha) * crossEntropy(shift: 0.07)
    let found = try loss(
      .adversarialKnowledge, temperature: temperature, alpha: alpha, attack: ProbingShift(0.07))
    #expect(abs(found - expected) <= 1e-5)
  }

  @Test("Robust soft labels: both answers of the student against the clean teacher")
  func robustSoftLabels() throws {
    let expected =
      0.8 * divergence(1, shift: 0.07) + 0.2 * divergence(1, shift: 0)
    let found = try loss(
      .robustSoftLabels, temperature: 1, alpha: 0.8, attack: ProbingShift(0.07))
    #expect(abs(found - expected) <= 1e-5)
    let unattacked = try loss(.robustSoftLabels, temperature: 1, alpha: 0.8)
    #expect(abs(unattacked - divergence(1, shift: 0)) <= 1e-5)
  }

  /// On a linear student the slope of KL(t ‖ s(x)) in x is Wᵀ (s − t), that of the cross-entropy
  /// Wᵀ (s − label).
  @Test("What the attack climbs", arguments: DistillationLoss.Kind.allCases.dropFirst())
  func attacked(kind: DistillationLoss.Kind) throws {
    let weights = student.values("fc.weight").map(Double.init)
    let attack = ProbingShift(0)
    _ = try loss(kind, temperature: 1, alpha: 0.5, attack: attack)
    let expected = (0..<3).flatMap { example in
      let own = softmax(logits(student)[example], 1)
      let aim =
        kind == .robustSoftLabels
        ? softmax(logits(teacher)[example], 1) : (0..<3).map { $0 == labels[example] ? 1 : 0 }
      return (0..<4).map { input in
        (0..<3).reduce(0) { $0 + weights[$1 * 4 + input] * (own[$1] - aim[$1]) }
      }
    }
    #expect(attack.gradient.count == 12)
    for (found, expected) in zip(attack.gradient, expected) {
      #expect(abs(Double(found) - expected) <= 1e-6)
    }
  }

  @Test("A student that answers as its teacher does has nothing to learn from softened answers")
  func perfect() async throws {
    let images = Fixtures.images(96)
    let model = Fixtures.linear()
    let set = model.initialParameters(random: RandomKey(seed: 3))
    let objective = DistillationObjective(
      DistillationLoss(.knowledge, temperature: 3, alpha: 1), teacher: model.network(set),
      adversary: nil)
    let gradients = try await Fixtures.trainer(
      model, images, objective, TrainingRecipe(epochs: 1, batchSize: 96)
    ).batchGradients(of: set, batches: 1)
    let largest = try #require(gradients[0]["fc.weight"]).absolute.largest(along: [0, 1]).scalar
    #expect(largest <= 1e-6)
  }

  @Test("The attack of a training is known to what takes its place")
  func adversaries() throws {
    #expect(try Fixtures.objective("standard").adversary == nil)
    for text in ["fgsm", "pgd", "trades"] {
      #expect(try Fixtures.objective(text).adversary?.threat.epsilon.value == 0.1)
    }
  }

  @Test("Places where a weight is gone have gradients too")
  func maskedGradients() async throws {
    let images = Fixtures.images(32)
    let model = Fixtures.linear()
    var set = model.initialParameters(random: RandomKey(seed: 3))
    let weight = try #require(set["fc.weight"]).applied
    set["fc.weight"] = .masking(
      weight, with: Tensor(repeating: 0, shape: weight.shape, type: .bool))
    let gradients = try await Fixtures.trainer(
      model, images, StandardObjective(), TrainingRecipe(epochs: 1, batchSize: 32)
    ).batchGradients(of: set, batches: 1)
    let gradient = try #require(gradients[0]["fc.weight"])
    // Logits of zero: the gradient is (1/3 − label) · x, nowhere zero where x is not.
    #expect(gradient.nonZeroCount > weight.count * 9 / 10)
  }
}
