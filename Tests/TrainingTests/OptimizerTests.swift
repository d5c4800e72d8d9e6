// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Testing
import Torch

@testable import Training

@Suite("Steps of the optimizers", .timeLimit(.minutes(15)))
struct OptimizerTests {
  private static let gradients: [Float] = [0.5, -0.25, 1]

  private func path(
    _ optimizer: TrainingRecipe.Optimizer, decay: Double = 0, averaging: Double = 0,
    start: Weight = .dense(Tensor([1] as [Float])), gradients: [Float] = gradients,
    firstStep: Int = 0
  ) -> [OptimizerState] {
    var set = ParameterSet()
    set["w"] = start
    let recipe = TrainingRecipe(
      epochs: 1, optimizer: optimizer, weightDecay: decay, averaging: averaging)
    return gradients.indices.map { last in
      var state = OptimizerState(set, recipe: recipe, step: firstStep)
      for gradient in gradients[...last] {
        state.apply(
          ["w": .whole(Tensor(repeating: Double(gradient), shape: start.applied.shape))],
          rate: 0.1)
      }
      return state
    }
  }

  private func values(_ states: [OptimizerState]) -> [Double] {
    states.compactMap { $0.values["w"]?.elements(of: Float.self)[0] }.map(Double.init)
  }

  private func expect(_ found: [Double], _ expected: [Double]) {
    #expect(found.count == expected.count)
    for (found, expected) in zip(found, expected) { #expect(abs(found - expected) <= 3e-7) }
  }

  /// By hand, v ← 0.9 v + g and w ← w − 0.1 (g + 0.9 v): v is 0.5, 0.2, 1.18.
  @Test("Nesterov momentum")
  func nesterov() {
    expect(values(path(.sgd)), [0.905, 0.912, 0.7058])
  }

  /// The same with 0.01 w added to each gradient: g is 0.51, −0.240969, 1.0090757411.
  @Test("Weight decay is part of the gradient")
  func weightDecay() {
    expect(values(path(.sgd, decay: 0.01)), [0.9031, 0.90757411, 0.6981892082])
  }

  /// The paper's update with β₁ = 0.9, β₂ = 0.999; its first step is the rate times the sign.
  @Test("Adam, without and with weight decay")
  func adam() {
    expect(values(path(.adam)), [0.900000002, 0.8733662987, 0.8075551397])
    expect(values(path(.adam, decay: 0.01)), [0.900000002, 0.8712293476, 0.8046143342])
  }

  @Test("Adam's corrections count from where its moments are zero")
  func adamStartsMidway() {
    expect(values(path(.adam, firstStep: 50)), [0.900000002, 0.8733662987, 0.8075551397])
  }

  /// After n steps an average forgets by min(0.9, (1 + n) / (10 + n)): 2/11, 3/12, 4/13.
  @Test("The average follows the weights, and is the result")
  func averaging() {
    let states = path(.sgd, averaging: 0.9)
    let w = [0.905, 0.912, 0.7058]
    let first = 1 * 2.0 / 11 + w[0] * 9 / 11
    let second = first * 3.0 / 12 + w[1] * 9 / 12
    let third = second * 4.0 / 13 + w[2] * 9 / 13
    var template = ParameterSet()
    template["w"] = .dense(Tensor([1] as [Float]))
    expect(
      states.map { Double($0.result(like: template).values("w")[0]) }, [first, second, third])
    expect(states.map { Double($0.current(like: template).values("w")[0]) }, w)
    let without = path(.sgd).map { Double($0.result(like: template).values("w")[0]) }
    expect(without, w)
  }

  @Test("Enough steps forget by the stated decay")
  func averagingDecay() throws {
    let states = path(.sgd, averaging: 0.5, gradients: Array(repeating: 0.1, count: 40))
    var template = ParameterSet()
    template["w"] = .dense(Tensor([1] as [Float]))
    let (before, after) = (states[38], states[39])
    let expected =
      (before.result(like: template).values("w")[0] + after.current(like: template).values("w")[0])
      / 2
    #expect(abs(after.result(like: template).values("w")[0] - expected) <= 1e-6)
  }

  @Test("A masked weight stays zero", arguments: TrainingRecipe.Optimizer.allCases)
  func masks(optimizer: TrainingRecipe.Optimizer) {
    let start = Weight.masking(
      Tensor([1, 1, -2] as [Float]), with: Tensor([true, false, true]))
    var template = ParameterSet()
    template["w"] = start
    for averaging in [0, 0.9] {
      let states = path(optimizer, decay: 0.01, averaging: averaging, start: start)
      for state in states {
        #expect(state.values["w"]?.elements(of: Float.self)[1] == 0, "what the next step uses")
        let result = state.result(like: template)
        #expect(result.values("w")[1].bitPattern == 0)
        #expect(result["w"]?.mask?.elements(of: Bool.self) == [true, false, true])
        #expect(result.values("w")[0] != 1 && result.values("w")[2] != -2)
      }
    }
  }

  @Test("The start is not changed, and the result is a copy")
  func copies() throws {
    var set = ParameterSet()
    set["w"] = .dense(Tensor([1] as [Float]))
    var state = OptimizerState(set, recipe: TrainingRecipe(epochs: 1))
    let snapshot = state.snapshot
    let result = state.result(like: set)
    state.apply(["w": .whole(Tensor([1] as [Float]))], rate: 0.1)
    #expect(set.values("w") == [1])
    #expect(result.values("w") == [1])
    #expect(snapshot["value/w"]?.elements(of: Float.self) == [1], "a checkpoint does not move on")
  }

  @Test(
    "Rows that a gradient does not tell of stay, the others move as in a table of their own",
    arguments: TrainingRecipe.Optimizer.allCases)
  func rows(optimizer: TrainingRecipe.Optimizer) throws {
    let recipe = TrainingRecipe(epochs: 1, optimizer: optimizer, weightDecay: 0.01)
    func state(_ values: [Float], _ mask: [Bool]) -> OptimizerState {
      var set = ParameterSet()
      set["w"] = .masking(
        Tensor(values, shape: [values.count / 2, 2]),
        with: Tensor(mask, shape: [mask.count / 2, 2]))
      return OptimizerState(set, recipe: recipe)
    }
    var table = state([1, 2, 3, 4, 5, 6], [true, true, true, false, true, true])
    var alone = state([3, 4, 5, 6], [true, false, true, true])
    for step in 1...3 {
      let gradient = Tensor([Float(step), -1, 0.5, 2], shape: [2, 2])
      table.apply(["w": .rows(Tensor([1, 2]), gradient.copy)], rate: 0.1)
      alone.apply(["w": .whole(gradient.copy)], rate: 0.1)
    }
    let moved = try #require(table.values["w"]?.elements(of: Float.self))
    #expect(Array(moved.prefix(2)) == [1, 2])
    #expect(Array(moved.dropFirst(2)) == alone.values["w"]?.elements(of: Float.self))
    #expect(moved[3] == 0, "masks hold")
  }
}
