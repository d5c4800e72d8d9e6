// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Attacks

@Suite("Squares from a stand-in's inputs", .timeLimit(.minutes(15)))
struct HybridAttackTests {
  private let problem = SmallProblem(shape: [1, 6, 6], count: 20, shift: 12)

  private func run(
    queries: Int, on surrogate: any Network, radius: Double, budget: Int? = nil
  ) throws -> AttackRun {
    let threat = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("\(radius)")))
    let examples = Examples(
      inputs: problem.batch.inputs, labels: problem.batch.labels, classes: 2,
      inputRange: -100...100)
    let victim = ModelVictim(
      problem.network, classes: 2, inputRange: -100...100, rows: problem.batch.count,
      budget: budget)
    let made = try HybridAttack(from: .sibling, queries: queries).prepared(
      with: AttackMaterials(model: problem.network, surrogate: surrogate, examples: examples),
      within: threat, random: RandomKey(seed: 9))
    let inputs: Tensor = try made.perturb(
      problem.batch, within: threat, against: victim, random: RandomKey(seed: 4))
    return AttackRun(
      inputs: inputs, queries: victim.queries, gradients: victim.gradients,
      isBudgetSpent: victim.isBudgetSpent)
  }

  /// The radius at which half of the examples can be broken, by the closed form.
  private var radius: Double {
    problem.scores(shift: 12).sorted()[10] / problem.weights.map(abs).reduce(0, +)
  }

  private var opposite: LinearNetwork {
    LinearNetwork(score: Tensor(problem.weights.map { -Float($0) }, shape: [1, 36]), shift: 0)
  }

  @Test("On a twin of a linear model the first query is the closed form's corner")
  func twin() throws {
    let run = try run(queries: 1, on: problem.network, radius: radius)
    let isRight = try problem.network.rights(
      run.inputs, problem.batch.labels.elements(of: Int.self))
    let limit = radius * problem.weights.map(abs).reduce(0, +)
    for (right, score) in zip(isRight, problem.scores(shift: 12)) where abs(score - limit) > 1e-3 {
      #expect(right == (score > limit))
    }
    #expect(run.queries.allSatisfy { $0 == 1 } && run.gradients.allSatisfy { $0 == 0 })
  }

  @Test("From the wrong corner squares find the right one, by the victim's scores")
  func wrongWay() throws {
    let run = try run(queries: 1500, on: opposite, radius: radius)
    let isRight = try problem.network.rights(
      run.inputs, problem.batch.labels.elements(of: Int.self))
    let limit = radius * problem.weights.map(abs).reduce(0, +)
    for (row, score) in problem.scores(shift: 12).enumerated() where abs(score - limit) > 1e-3 {
      #expect(isRight[row] == (score > limit))
      #expect(isRight[row] ? run.queries[row] == 1500 : (2...1500).contains(run.queries[row]))
    }
    #expect(run.gradients.allSatisfy { $0 == 0 }, "only the stand-in gives gradients")
  }

  @Test(
    "Its way is no longer than the budget, and what it found by then counts", arguments: [1, 7])
  func budget(queries: Int) throws {
    let run = try run(queries: 1500, on: opposite, radius: radius, budget: queries)
    #expect(run.queries.allSatisfy { $0 <= queries })
    #expect(run.isBudgetSpent)
  }
}
