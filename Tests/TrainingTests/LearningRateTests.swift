// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Training

@Suite("Schedules", .timeLimit(.minutes(15)))
struct LearningRateTests {
  /// One cycle rises from 1/25 of the rate, as the paper's authors do, and a cosine ends at zero.
  @Test(
    "Rates at the start, after three tenths, and at the end",
    arguments: zip(
      TrainingRecipe.Schedule.allCases,
      [[2, 1 + 0.587785252292473, 1, 0], [0.08, 2, 1.6234898018587334, 0], [2, 2, 2, 2]]))
  func rates(schedule: TrainingRecipe.Schedule, expected: [Double]) {
    let recipe = TrainingRecipe(epochs: 1, schedule: schedule, learningRate: 2)
    for (progress, rate) in zip([0, 0.3, 0.5, 1], expected) {
      #expect(abs(recipe.learningRate(at: progress) - rate) <= 1e-12)
    }
  }

  @Test("One cycle rises in a straight line")
  func oneCycleRises() {
    let recipe = TrainingRecipe(epochs: 1, schedule: .oneCycle, learningRate: 1)
    #expect(abs(recipe.learningRate(at: 0.15) - 0.52) <= 1e-12)
    #expect(abs(recipe.learningRate(at: 0.65) - 0.5) <= 1e-12)
  }
}
