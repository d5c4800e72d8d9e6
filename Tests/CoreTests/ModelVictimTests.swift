// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Testing
import Torch

@Suite("Metered access to a model", .timeLimit(.minutes(15)))
struct ModelVictimTests {
  private let network = LinearNetwork(weight: normal([3, 4], "weight"))

  private func victim(rows: Int, budget: Int? = nil) -> ModelVictim {
    ModelVictim(network, classes: 3, inputRange: 0...1, rows: rows, budget: budget)
  }

  private func inputs(_ count: Int) -> Tensor { normal([count, 1, 2, 2], "inputs") }

  @Test("Every input costs its own row one query, a gradient one of each")
  func counts() throws {
    let victim = victim(rows: 4)
    _ = try victim.logits(of: inputs(3), rows: [0, 2, 2])
    _ = try victim.predictions(of: inputs(1), rows: [3])
    #expect(victim.queries == [1, 0, 2, 1])
    #expect(victim.gradients == [0, 0, 0, 0])
    _ = try victim.gradient(
      of: .crossEntropy, at: inputs(2), labels: Tensor([0, 1]), rows: [0, 1])
    #expect(victim.queries == [2, 1, 2, 1])
    #expect(victim.gradients == [1, 1, 0, 0])
  }

  @Test("A spent budget stops the attack before anything is answered or counted")
  func stopsAtBudget() throws {
    let victim = victim(rows: 3, budget: 2)
    for _ in 0..<2 { _ = try victim.logits(of: inputs(2), rows: [0, 1]) }
    let passes = network.passes
    let error = #expect(throws: AttackError.self) {
      try victim.logits(of: inputs(2), rows: [2, 1])
    }
    #expect(error?.code == .budgetSpent)
    #expect(throws: AttackError.self) {
      try victim.gradient(of: .margin, at: inputs(1), labels: Tensor([0]), rows: [0])
    }
    #expect(throws: AttackError.self) { try victim.predictions(of: inputs(1), rows: [0]) }
    #expect(network.passes == passes)
    #expect(victim.queries == [2, 2, 0])
    #expect(victim.gradients == [0, 0, 0])
    _ = try victim.logits(of: inputs(1), rows: [2])
    #expect(victim.queries == [2, 2, 1])
  }

  @Test("Several inputs of one row in one call cannot exceed its budget")
  func repeatedRowsStopToo() throws {
    let victim = victim(rows: 2, budget: 2)
    #expect(throws: AttackError.self) {
      try victim.logits(of: inputs(3), rows: [1, 1, 1])
    }
    #expect(victim.queries == [0, 0])
    #expect(network.passes.isEmpty)
    _ = try victim.logits(of: inputs(2), rows: [1, 1])
    #expect(victim.queries == [0, 2])
  }

  @Test("Answers are those of the model in one pass", arguments: [1, 31, 32, 33, 70])
  func tilesChangeNothing(count: Int) throws {
    let victim = victim(rows: count)
    let inputs = inputs(count)
    let labels = Tensor((0..<count).map { $0 % 3 })
    let answer = try victim.gradient(
      of: .crossEntropy, at: inputs, labels: labels, rows: Array(0..<count))
    let leaf = inputs.leaf
    let logits = leaf.flattenedExamples.linear(weight: network.weight, bias: nil)
    let losses = logits.crossEntropies(labels: labels)
    let gradient = losses.sum.gradient(withRespectTo: leaf)
    for (found, expected) in [
      (answer.logits, logits), (answer.losses, losses), (answer.gradient, gradient),
      (try victim.logits(of: inputs, rows: Array(0..<count)), logits),
    ] {
      #expect(found.shape == expected.shape)
      let distance = (found - expected.detached).absolute.reshaped([-1]).largest(along: [0]).scalar
      #expect(distance <= 1e-5, "float32")
    }
    #expect(network.passes.allSatisfy { $0 <= ModelVictim.tileSize })
    #expect(network.passes.reduce(0, +) == 2 * count)
  }

  @Test("Each example has the gradient of its own loss, whatever its neighbours are")
  func gradientsAreSeparate() throws {
    let inputs = inputs(40)
    let labels = Tensor(Array(repeating: 2, count: 40))
    func gradient(_ rows: [Int]) throws -> [Float] {
      try victim(rows: 40).gradient(
        of: .margin, at: inputs.rows(rows), labels: labels.rows(rows), rows: rows
      ).gradient.elements(of: Float.self)
    }
    let together = try gradient(Array(0..<40))
    for row in [0, 7, 39] {
      #expect(try gradient([row]) == Array(together[row * 4..<row * 4 + 4]))
    }
  }

  @Test("Answers carry no graph")
  func answersAreDetached() throws {
    let victim = victim(rows: 1)
    let answer = try victim.gradient(
      of: .crossEntropy, at: inputs(1), labels: Tensor([0]), rows: [0])
    #expect(!answer.logits.requiresGradient && !answer.losses.requiresGradient)
    let logits = try victim.logits(of: inputs(1).leaf, rows: [0])
    #expect(!logits.requiresGradient)
  }

  @Test("A gradient is answered inside a scope without gradients too")
  func answersInsideScope() throws {
    let gradient = try withoutGradients {
      try victim(rows: 1).gradient(
        of: .margin, at: inputs(1), labels: Tensor([0]), rows: [0]
      ).gradient
    }
    #expect(gradient.nonZeroCount == 4)
  }
}
