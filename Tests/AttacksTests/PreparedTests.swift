// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Attacks

@Suite("Attacks that are prepared", .timeLimit(.minutes(15)))
struct PreparedTests {
  private let problem = SmallProblem(shape: [1, 6, 6], count: 20, shift: 12)

  private func run(
    _ attack: any PreparedAttack, _ norm: Norm, _ radius: String, surrogate: (any Network)? = nil,
    against network: any Network, range: ClosedRange<Double> = -100...100
  ) throws -> AttackRun {
    let threat = ThreatModel(norm: norm, epsilon: try #require(Epsilon(radius)))
    let examples = Examples(
      inputs: problem.batch.inputs, labels: problem.batch.labels, classes: 2, inputRange: range)
    let victim = ModelVictim(
      network, classes: 2, inputRange: range, rows: problem.batch.count)
    let random = RandomKey(seed: 9)
    let inputs = try attack.prepared(
      with: AttackMaterials(model: network, surrogate: surrogate, examples: examples),
      within: threat, random: random
    ).perturb(problem.batch, within: threat, against: victim, random: random)
    return AttackRun(
      inputs: inputs, queries: victim.queries, gradients: victim.gradients,
      isBudgetSpent: victim.isBudgetSpent)
  }

  @Test(
    "A universal perturbation is the closed form of a linear model", arguments: [Norm.linf, .l2])
  func universal(norm: Norm) throws {
    #expect(
      problem.batch.labels.elements(of: Int.self).allSatisfy { $0 == 1 }, "one class to lead away")
    let run = try run(
      UniversalPerturbation(epochs: 30), norm, "0.05", against: problem.network)
    let length = problem.weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let pairs = zip(problem.batch.inputs.exampleValues, run.inputs.exampleValues)
    for (input, output) in pairs {
      for ((before, after), weight) in zip(zip(input, output), problem.weights) {
        let truth = norm == .linf ? (weight > 0 ? -0.05 : 0.05) : -0.05 * weight / length
        #expect(abs(after - before - truth) <= 1e-6, "float32 inputs")
      }
    }
    #expect(run.queries.allSatisfy { $0 == 1 } && run.gradients.allSatisfy { $0 == 0 })
  }

  @Test("A universal perturbation breaks the examples that the closed form says")
  func universalBreaks() throws {
    let sum = problem.weights.map(abs).reduce(0, +)
    let scores = problem.scores(shift: 12)
    let radius = scores.sorted()[10] / sum
    let run = try run(
      UniversalPerturbation(epochs: 30), .linf, "\(radius)", against: problem.network)
    let isRight = try problem.network.rights(
      run.inputs, problem.batch.labels.elements(of: Int.self))
    for (right, score) in zip(isRight, scores) where abs(score - radius * sum) > 1e-3 {
      #expect(right == (score > radius * sum))
    }
  }

  private static let methods = TransferAttack.Method.allCases

  @Test(
    "From the model itself, transfer is the direct attack", arguments: methods, [Norm.linf, .l2])
  func itself(method: TransferAttack.Method, norm: Norm) throws {
    // A model that holds, as a direct attack rests where it succeeds.
    let network = SmallProblem(shape: [1, 6, 6], count: 20, shift: 1e3).network
    let run = try run(
      TransferAttack(from: .parent, method: method, steps: 20, restarts: 1), norm, "0.5",
      surrogate: network, against: network)
    let direct: any GradientAttack =
      method == .apgd ? AutoProjectedGradient(steps: 20) : ProjectedGradient(steps: 20)
    let victim = ModelVictim(
      network, classes: 2, inputRange: -100...100, rows: problem.batch.count)
    let inputs = try direct.perturb(
      problem.batch, within: ThreatModel(norm: norm, epsilon: try #require(Epsilon("0.5"))),
      against: victim, random: RandomKey(seed: 9).split(restart: 0))
    #expect(run.inputs.bytes == inputs.bytes)
    #expect(run.queries.allSatisfy { $0 == 1 } && run.gradients.allSatisfy { $0 == 0 })
  }

  private static let named: [any PreparedAttack] =
    methods.map { TransferAttack(from: .parent, method: $0, steps: 30, restarts: 2) } + [
      HybridAttack(from: .parent, queries: 20)
    ]

  @Test(
    "A model that is its own stand-in is attacked directly, and its gradients are paid",
    arguments: named)
  func onItself(attack: any PreparedAttack) throws {
    let sum = problem.weights.map(abs).reduce(0, +)
    let scores = problem.scores(shift: 12)
    let radius = scores.sorted()[10] / sum
    let threat = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("\(radius)")))
    let victim = ModelVictim(
      problem.network, classes: 2, inputRange: -100...100, rows: problem.batch.count)
    let direct = try #require(attack.onItself)
    #expect(direct.knowledge == .whiteBox)
    let inputs = try direct.perturb(
      problem.batch, within: threat, against: victim, random: RandomKey(seed: 9))
    let isRight = try problem.network.rights(
      inputs, problem.batch.labels.elements(of: Int.self))
    for (row, score) in scores.enumerated() where abs(score - radius * sum) > 1e-3 {
      #expect(isRight[row] == (score > radius * sum))
      #expect(victim.gradients[row] >= (isRight[row] ? 30 : 1))
    }
  }

  @Test("What it breaks is what the closed form says, and each restart asks once")
  func breaks() throws {
    let sum = problem.weights.map(abs).reduce(0, +)
    let scores = problem.scores(shift: 12)
    let radius = scores.sorted()[10] / sum
    let run = try run(
      TransferAttack(from: .parent, steps: 10, restarts: 3), .linf, "\(radius)",
      surrogate: problem.network, against: problem.network)
    let isRight = try problem.network.rights(
      run.inputs, problem.batch.labels.elements(of: Int.self))
    for (row, score) in scores.enumerated() where abs(score - radius * sum) > 1e-3 {
      #expect(isRight[row] == (score > radius * sum))
      #expect(run.queries[row] == (isRight[row] ? 3 : 1))
    }
  }

  // Resized inputs blur the gradient, so that no corner is certain.
  @Test(
    "Inputs are made on the stand-in, to the end of the steps",
    arguments: methods.filter { $0 != .diverse })
  func standIn(method: TransferAttack.Method) throws {
    let direction = Tensor(problem.weights.map(Float.init), shape: [1, 36])
    // The stand-in is fooled from the first; an attack that rests there would stay at its start.
    let standIn = LinearNetwork(score: direction * -1, shift: 0)
    let run = try run(
      TransferAttack(from: .sibling, method: method, steps: 30, restarts: 1), .linf, "0.05",
      surrogate: standIn, against: problem.network)
    let pairs = zip(problem.batch.inputs.exampleValues, run.inputs.exampleValues)
    let scores = problem.scores(shift: 0)
    for (row, (input, output)) in pairs.enumerated() {
      for ((before, after), weight) in zip(zip(input, output), problem.weights) {
        // The label is 1, whose score on the stand-in is −w · x.
        #expect(abs(after - before - (weight > 0 ? 0.05 : -0.05)) <= 1e-6, "score \(scores[row])")
      }
    }
  }
}
