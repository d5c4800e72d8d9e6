// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import TestSupport
import Testing
import Torch

/// What one attack may cost on an example that it does not break.
private struct Cost: Sendable {
  let parameters: String
  let queries: Int
  let gradients: Int

  /// From the attacks' own documentation: `restarts × steps` and one last query, and so on.
  static func cases(of attack: AttackCase) -> [Cost] {
    switch attack.name {
    case "fgsm":
      [Cost(parameters: "", queries: 2, gradients: 1)]
    case "pgd", "pgd-direct":
      [
        Cost(parameters: ":steps=5", queries: 6, gradients: 5),
        Cost(parameters: ":steps=4:restarts=3", queries: 15, gradients: 12),
      ]
    case "bim", "mim":
      [
        Cost(parameters: ":steps=5", queries: 6, gradients: 5),
        Cost(parameters: ":steps=2:eot=3", queries: 9, gradients: 6),
      ]
    case "di-mim":
      [Cost(parameters: ":steps=5:diversity=1", queries: 7, gradients: 5)]
    case "apgd-t":
      // Two classes have one target; ranking it is a query.
      [
        Cost(parameters: ":steps=5", queries: 7, gradients: 6),
        Cost(parameters: ":steps=4:restarts=3", queries: 16, gradients: 15),
        Cost(parameters: ":steps=4:eot=2", queries: 12, gradients: 10),
      ]
    case "apgd-ce", "apgd-dlr":
      [
        Cost(parameters: ":steps=5", queries: 6, gradients: 6),
        Cost(parameters: ":steps=4:restarts=3", queries: 15, gradients: 15),
        Cost(parameters: ":steps=20", queries: 21, gradients: 21),
      ]
    case "deepfool", "fab-t":
      // Two classes have one border; each step asks for its gradient and looks where it leads.
      [Cost(parameters: ":steps=5", queries: 11, gradients: 5)]
    case "ddn", "fmn":
      [Cost(parameters: ":steps=5", queries: 6, gradients: 5)]
    case "cw":
      [Cost(parameters: ":steps=5:searches=2", queries: 11, gradients: 10)]
    case "ead":
      [Cost(parameters: ":steps=5:searches=2", queries: 21, gradients: 10)]
    case "square", "sparse-rs":
      [
        Cost(parameters: ":queries=7", queries: 7, gradients: 0),
        Cost(parameters: ":queries=4:restarts=3", queries: 12, gradients: 0),
      ]
    case "nes", "spsa":
      [
        Cost(parameters: ":steps=2:pairs=12", queries: 51, gradients: 0),
        Cost(parameters: ":steps=1:pairs=3:restarts=2", queries: 16, gradients: 0),
      ]
    case "hop-skip-jump", "boundary":
      // The input itself and a hundred draws of noise, none of which is adversarial.
      [
        Cost(parameters: "", queries: 101, gradients: 0),
        Cost(parameters: ":queries=50", queries: 50, gradients: 0),
      ]
    case "transfer":
      [Cost(parameters: ":steps=3:restarts=4", queries: 4, gradients: 0)]
    case "hybrid":
      [Cost(parameters: ":queries=9", queries: 9, gradients: 0)]
    case "universal":
      [Cost(parameters: ":epochs=1:images=20", queries: 1, gradients: 0)]
    case "uniform", "gaussian", "salt-and-pepper":
      [Cost(parameters: ":attempts=7", queries: 7, gradients: 0)]
    default:
      []
    }
  }
}

@Suite("The cost of attacks", .tags(.law), .timeLimit(.minutes(15)))
struct CostTests {
  private let firm = LinearNetwork(score: .normal([1, Images.size], sigma: 1, seed: 4), shift: 1e4)

  @Test("An unbroken example costs what the documentation says", arguments: AttackCase.all)
  func costIsAsDocumented(attack: AttackCase) throws {
    let batch = try Images.labelled(Images.batch(3, classes: 2), by: firm)
    let cases = Cost.cases(of: attack)
    #expect(!cases.isEmpty, "state what a new attack costs")
    for cost in cases {
      let counted = CountingNetwork(firm)
      let run = try attack.run(
        cost.parameters, radius: attack.radii[0], on: counted, classes: 2, batch: batch,
        budget: cost.queries)
      #expect(run.queries == Array(repeating: cost.queries, count: 3))
      #expect(run.gradients == Array(repeating: cost.gradients, count: 3))
      #expect(counted.inputs == run.queries.reduce(0, +), "what the model itself saw")
    }
  }

  @Test(
    "A budget of one query less is kept, and the answer still counts", arguments: AttackCase.all)
  func budgetHolds(attack: AttackCase) throws {
    let batch = try Images.labelled(Images.batch(3, classes: 2), by: firm)
    for cost in Cost.cases(of: attack) {
      let counted = CountingNetwork(firm)
      let run = try attack.run(
        cost.parameters, radius: attack.radii[0], on: counted, classes: 2, batch: batch,
        budget: cost.queries - 1)
      #expect(run.isBudgetSpent)
      #expect(run.inputs.shape == batch.inputs.shape)
      #expect(counted.inputs <= 3 * (cost.queries - 1))
    }
  }

  @Test("What was broken before the budget ended stays broken")
  func budgetKeepsFindings() throws {
    let network = RandomNetwork(classes: 4, size: Images.size, seed: 5)
    let batch = try Images.labelled(Images.batch(40, classes: 4), by: network)
    let attack = AttackCase(name: "pgd", norm: .linf)
    let labels = batch.labels.elements(of: Int.self)
    let rights = try [nil, 4].map { budget in
      let run = try attack.run(
        ":steps=6:step-size=0.2", radius: "0.05", on: network, classes: 4, batch: batch,
        budget: budget)
      return try network.rights(run.inputs, labels)
    }
    let (free, bound) = (rights[0].count { !$0 }, rights[1].count { !$0 })
    #expect(bound > 0 && bound < free, "\(bound) of \(free)")
  }

  @Test("A broken example costs nothing more", arguments: AttackCase.all)
  func brokenExamplesAreLeft(attack: AttackCase) throws {
    let network = RandomNetwork(classes: 4, size: Images.size, seed: 5)
    let batch = try Images.labelled(Images.batch(12, classes: 4), by: network)
    let counted = CountingNetwork(network)
    let run = try attack.run(
      attack.fewSteps, radius: attack.norm == .linf ? "0.1" : attack.radii[0], on: counted,
      classes: 4, batch: batch)
    let isRight = try network.rights(run.inputs, batch.labels.elements(of: Int.self))
    let most = try #require(run.queries.max())
    // Examples that go on towards a nearer input spend what their own path costs.
    for (row, right) in isRight.enumerated() where right && !attack.seeksNearest {
      #expect(run.queries[row] == most)
    }
    #expect(counted.inputs == run.queries.reduce(0, +))
    if attack.name == "pgd" { #expect(run.queries.contains { $0 < most }, "some fall early") }
  }

  @Test("Every attempt draws fresh noise", arguments: AttackCase.all.filter { !$0.usesGradients })
  func attemptsAreFresh(attack: AttackCase) throws {
    let batch = try Images.labelled(Images.batch(2, classes: 2), by: firm)
    let answers = try [1, 2, 3].map { count in
      try attack.run(
        ":attempts=\(count)", radius: attack.radii[0], on: firm, classes: 2, batch: batch
      ).inputs.bytes
    }
    #expect(Set(answers).count == 3, "the last attempt is what an unbroken example gets")
  }
}
