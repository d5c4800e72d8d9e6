// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import TestSupport
import Testing
import Torch

@testable import Attacks

@Suite("Giving up", .timeLimit(.minutes(15)))
struct PatienceTests {
  /// The losses of four examples at a sixteenth, an eighth, a quarter and half of the budget.
  @Test("An example goes on while its pace, trusted so many times over, would take it there")
  func paceByHand() {
    var pace = Pace(patience: 2, queries: 1600)
    func look(_ losses: [Float], _ asked: Int) -> [Int]? {
      pace.worthwhile(Tensor(losses), asked: asked)
    }
    #expect(look([-1, -1, -1, -1], 99) == nil, "no look is due")
    #expect(look([-4, -4, -4, -4], 100) == nil, "the first look has nothing to compare with")
    // Three doublings are left: gains of 0, 0.5, 1 and 2 reach 0, 3, 6 and 12 further.
    #expect(look([-4, -3.5, -3, -2], 200) == [2, 3])
    pace.keep([2, 3])
    // Two doublings are left, and gains of 0.5 and 1 reach 2 and 4 further.
    #expect(look([-2.5, -1], 400) == [1])
    pace.keep([1])
    // One is left: a gain of 0.25 reaches 0.5 further.
    #expect(look([-0.75], 800) == [])
    var patient = Pace(patience: 0, queries: 1600)
    for asked in [100, 200, 400, 800] {
      #expect(patient.worthwhile(Tensor([Float(-9)]), asked: asked) == nil)
    }
  }

  /// A linear model falls at the corner of the ball if `reach` of the way there suffices.
  private func problem(reach: Double) throws -> (SmallProblem, Batch) {
    let shape = [1, 6, 6]
    let weights = SmallProblem(shape: shape).weights
    let corner = 0.1 * weights.map(abs).reduce(0, +)
    let scores = SmallProblem(shape: shape).scores(shift: 0)
    // The shift that leaves the first example with that part of the corner's drop as its margin.
    let problem = SmallProblem(shape: shape, shift: reach * corner - scores[0])
    return (problem, problem.batch.rows([0]))
  }

  @Test("Square finds what it finds without giving up", arguments: [0.5, 0.8, 0.9, 0.97])
  func nothingIsLost(reach: Double) throws {
    let (problem, batch) = try problem(reach: reach)
    let label = batch.labels.elements(of: Int.self)
    for patience in [0, 2, 3] {
      let run = try AttackCase(name: "square", norm: .linf).run(
        ":queries=1600:patience=\(patience)", radius: "0.1", on: problem.network, classes: 2,
        batch: batch, inputRange: -100...100)
      #expect(try problem.network.rights(run.inputs, label) == [false])
    }
  }

  @Test(
    "Square leaves an example that cannot fall before half of its queries", arguments: [1.5, 9])
  func hopelessIsLeft(reach: Double) throws {
    let (problem, batch) = try problem(reach: reach)
    let attack = AttackCase(name: "square", norm: .linf)
    let (patient, hasty) = (
      try attack.run(
        ":queries=1600", radius: "0.1", on: problem.network, classes: 2, batch: batch,
        inputRange: -100...100),
      try attack.run(
        ":queries=1600:patience=2", radius: "0.1", on: problem.network, classes: 2, batch: batch,
        inputRange: -100...100)
    )
    #expect(patient.queries == [1600])
    #expect(hasty.queries[0] <= 800 && hasty.queries[0] >= 200)
    let moved = attack.distances(hasty.inputs, from: batch.inputs)
    #expect(abs(moved[0] - 0.1) <= 1e-5, "the best input so far is what it returns")
  }

  @Test(
    "FAB-T gives a class up whose border is too far, and no other", arguments: [Norm.linf, .l2])
  func farBorderIsGivenUp(norm: Norm) throws {
    let firm = LinearNetwork(score: .normal([1, Images.size], sigma: 1, seed: 4), shift: 1e4)
    let batch = try Images.labelled(Images.batch(3, classes: 2), by: firm)
    let attack = AttackCase(name: "fab-t", norm: norm)
    let hasty = try attack.run(
      ":steps=60:patience=2", radius: attack.radii[0], on: firm, classes: 2, batch: batch,
      inputRange: -1e6...1e6)
    #expect(hasty.gradients == [20, 20, 20])
    let network = RandomNetwork(classes: 4, size: Images.size, seed: 5)
    let soft = try Images.labelled(Images.batch(30, classes: 4), by: network)
    let labels = soft.labels.elements(of: Int.self)
    let rights = try ["", ":patience=2"].map { patience in
      let run = try attack.run(
        ":steps=60\(patience)", radius: norm == .linf ? "0.03" : "0.3", on: network, classes: 4,
        batch: soft)
      return try network.rights(run.inputs, labels)
    }
    #expect(rights[0] == rights[1])
    #expect(rights[0].contains(true) && rights[0].contains(false))
  }
}
