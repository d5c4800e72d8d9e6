// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Attacks

@Suite("A step from noise", .timeLimit(.minutes(15)))
struct NoisyGradientStepTests {
  // So near to the border that no loss is rounded to zero, and with it the gradient.
  private let problem = SmallProblem(shape: [1, 6, 6], count: 20, shift: 1)

  private func moves(
    _ step: NoisyGradientStep, _ norm: Norm, range: ClosedRange<Double> = -100...100
  ) throws -> [[Double]] {
    let victim = ModelVictim(
      problem.network, classes: 2, inputRange: range, rows: problem.batch.count)
    let inputs = try step.perturb(
      problem.batch, within: ThreatModel(norm: norm, epsilon: try #require(Epsilon("0.5"))),
      against: victim, random: RandomKey(seed: 4))
    #expect(victim.gradients.allSatisfy { $0 == 1 } && victim.queries.allSatisfy { $0 == 1 })
    let labels = problem.batch.labels.elements(of: Int.self)
    return zip(labels, zip(problem.batch.inputs.exampleValues, inputs.exampleValues)).map {
      label, values in
      // Turned so that each example is as one of class 1.
      zip(values.0, values.1).map { ($1 - $0) * (label == 1 ? 1 : -1) }
    }
  }

  /// The closed form of a linear model, where the loss of class 1 falls with the score.
  private func step(_ norm: Norm) -> [Double] {
    let length = problem.weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return problem.weights.map { norm == .linf ? ($0 > 0 ? -0.5 : 0.5) : -0.5 * $0 / length }
  }

  @Test("Without noise it is the steepest step", arguments: [Norm.linf, .l2])
  func alone(norm: Norm) throws {
    for moved in try moves(NoisyGradientStep(noise: 0), norm) {
      for (found, truth) in zip(moved, step(norm)) { #expect(abs(found - truth) <= 1e-5) }
    }
  }

  @Test("Noise fills its own ball, and what follows is not pulled back")
  func noisy() throws {
    let noise = try moves(NoisyGradientStep(), .linf).map { moved in
      zip(moved, step(.linf)).map { $0 - $1 }
    }
    let all = noise.joined()
    #expect(all.allSatisfy { abs($0) <= 1 + 1e-5 }, "two radii")
    // Of 720 uniform draws on -1...1 the mean has a standard error of 0.022, the square mean of 0.011.
    let count = Double(all.count)
    #expect(abs(all.reduce(0, +) / count) < 0.1)
    #expect(abs(all.reduce(0) { $0 + $1 * $1 } / count - 1.0 / 3) < 0.05)
    #expect(Set(noise.map { $0[0] }).count == noise.count, "each example has its own")
    let lengths = try moves(NoisyGradientStep(), .l2).map { moved in
      zip(moved, step(.l2)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
    #expect(lengths.allSatisfy { $0 <= 1 + 1e-5 && $0 > 0.5 })
  }

  @Test("The input range holds")
  func range() throws {
    let victim = ModelVictim(
      problem.network, classes: 2, inputRange: -0.1...0.1, rows: problem.batch.count)
    let inputs = try NoisyGradientStep().perturb(
      problem.batch, within: ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0.5"))),
      against: victim, random: RandomKey(seed: 4))
    #expect(inputs.exampleValues.joined().allSatisfy { abs($0) <= 0.1 + 1e-7 })
  }
}
