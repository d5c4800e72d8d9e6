// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Attacks

/// Two classes; the margin of class 0 is a quadratic with a bowl for each value.
private struct QuadraticNetwork: Network {
  let curvature: Tensor

  func logits(_ input: Tensor) -> Tensor {
    let flat = input.flattenedExamples
    let score = (flat * flat * curvature).sum(along: [1], keeping: true)
    return .concatenated([score * 0, score], along: 1)
  }
}

@Suite("Estimated gradients", .timeLimit(.minutes(15)))
struct EstimatedGradientTests {
  private let direction = Tensor.normal([1, Images.size], sigma: 1, seed: 41)
  private let images = Images.batch(4, classes: 1, in: 0.3...0.7, withEnds: false)

  private func estimate(
    _ directions: EstimatedGradient.Directions, pairs: Int, spread: Double, on network: any Network
  ) throws -> [[Double]] {
    let attack = EstimatedGradient(directions, pairs: pairs, spread: spread)
    let victim = ModelVictim(network, classes: 2, inputRange: 0...1, rows: 4)
    let result = try attack.estimate(
      at: images.inputs, labels: images.labels, rows: Array(0..<4),
      keys: images.indices.map { RandomKey(seed: 2).split(example: $0) }, victim)
    #expect(victim.queries == Array(repeating: 2 * pairs, count: 4))
    return result.exampleValues
  }

  private func cosine(_ left: [Double], _ right: [Double]) -> Double {
    func dot(_ left: [Double], _ right: [Double]) -> Double {
      zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return dot(left, right) / (dot(left, left) * dot(right, right)).squareRoot()
  }

  /// With n directions in d dimensions the squared cosine has mean n / (n + d), nearly.
  @Test(
    "On a linear model the angle shrinks as theory says",
    arguments: [EstimatedGradient.Directions.normal, .signs], [10, 100, 1000])
  func angle(directions: EstimatedGradient.Directions, pairs: Int) throws {
    let truth = direction.exampleValues[0]
    let network = LinearNetwork(score: direction, shift: 0)
    let expected = (Double(pairs) / Double(pairs + Images.size)).squareRoot()
    let cosines = try estimate(directions, pairs: pairs, spread: 0.01, on: network)
      .map { cosine($0, truth) }
    let mean = cosines.reduce(0, +) / 4
    #expect(abs(mean - expected) <= 0.06, "\(cosines) for \(expected)")
  }

  /// Two-sided differences of a quadratic are exact, whatever the spread.
  @Test(
    "On a quadratic the estimate is the gradient, in direction and length",
    arguments: [EstimatedGradient.Directions.normal, .signs], [0.001, 0.01])
  func quadratic(directions: EstimatedGradient.Directions, spread: Double) throws {
    let network = QuadraticNetwork(curvature: direction)
    let estimates = try estimate(directions, pairs: 4000, spread: spread, on: network)
    for (estimate, input) in zip(estimates, images.inputs.exampleValues) {
      let truth = zip(input, direction.exampleValues[0]).map { 2 * $0 * $1 }
      #expect(cosine(estimate, truth) > 0.96, "4000 directions in 192 dimensions")
      let along = zip(estimate, truth).reduce(0) { $0 + $1.0 * $1.1 }
      let scale = along / truth.reduce(0) { $0 + $1 * $1 }
      #expect(abs(scale - 1) <= 0.12, "the mean of 4000 squares is off by 2 % or so")
    }
  }

  @Test(
    "They climb most of the way to the closed form", arguments: ["nes", "spsa"], [Norm.linf, .l2])
  func climb(name: String, norm: Norm) throws {
    let problem = SmallProblem(shape: [1, 8, 8])
    let run = try problem.run(name, norm, "0.5", inputRange: -1...2)
    let dual =
      norm == .linf
      ? problem.weights.map(abs).reduce(0, +)
      : problem.weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let shares = problem.drops(run).map { $0 / (0.5 * dual) }
    for share in shares { #expect(share > 0.95 && share <= 1 + 1e-5) }
  }
}
