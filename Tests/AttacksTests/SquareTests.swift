// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Attacks

@Suite("Square Attack", .tags(.law), .timeLimit(.minutes(15)))
struct SquareTests {
  @Test(
    "Squares shrink as the paper says",
    arguments: [
      (0, 0.8), (10, 0.8), (11, 0.4), (50, 0.4), (51, 0.2), (200, 0.2), (201, 0.1), (500, 0.1),
      (501, 0.05), (1000, 0.05), (1001, 0.025), (2000, 0.025), (2001, 0.0125), (4000, 0.0125),
      (4001, 0.00625), (6001, 0.003125), (8001, 0.0015625), (9999, 0.0015625),
    ])
  func schedule(query: Int, share: Double) {
    #expect(SquareAttack.share(at: query, of: 10_000, first: 0.8) == share)
    #expect(SquareAttack.share(at: query / 2, of: 5000, first: 0.8) >= share)
  }

  /// Far from every border, so that only the ball binds.
  private func attacked(
    _ norm: Norm, queries: Int, sigma: Float, radius: String
  ) throws -> (shares: [Double], inputs: Tensor, batch: Batch) {
    let weights = Tensor.normal([1, Images.size], sigma: sigma, seed: 21)
    let network = LinearNetwork(score: weights, shift: 1e4)
    let batch = try Images.labelled(
      Images.batch(4, classes: 2, in: -0.01...0.01, withEnds: false), by: network)
    let run = try AttackCase(name: "square", norm: norm).run(
      ":queries=\(queries)", radius: radius, on: network, classes: 2, batch: batch,
      inputRange: -100...100)
    let score = weights.exampleValues[0]
    let epsilon = try #require(Epsilon(radius)).value
    let sizes = score.map(abs)
    let dual =
      switch norm {
      case .linf: sizes.reduce(0, +)
      case .l1: sizes.max() ?? 0
      default: sizes.reduce(0) { $0 + $1 * $1 }.squareRoot()
      }
    let shares = zip(run.inputs.exampleValues, batch.inputs.exampleValues).map { input, center in
      -zip(zip(input, center), score).reduce(0) { $0 + ($1.0.0 - $1.0.1) * $1.1 }
        / (epsilon * dual)
    }
    return (shares, run.inputs, batch)
  }

  @Test("On a linear model the linf search reaches the corner")
  func reachesCorner() throws {
    let found = try attacked(.linf, queries: 4000, sigma: 1, radius: "0.1")
    for share in found.shares { #expect(share >= 0.99 && share <= 1 + 1e-5) }
    // Every value lies at an end, the last row and column too.
    for (input, center) in zip(found.inputs.exampleValues, found.batch.inputs.exampleValues) {
      for (left, right) in zip(input, center) { #expect(abs(abs(left - right) - 0.1) <= 1e-6) }
    }
  }

  @Test("On a linear model more queries never make the search worse", arguments: [Norm.l2, .l1])
  func climbs(norm: Norm) throws {
    let few = try attacked(norm, queries: 20, sigma: 0.1, radius: "1").shares
    let many = try attacked(norm, queries: 1500, sigma: 0.1, radius: "1").shares
    for (few, many) in zip(few, many) { #expect(many > few + 0.05 && many <= 1 + 1e-5) }
  }

  @Test("Each example has a square of its own, and every pixel is reached")
  func squaresDiffer() throws {
    let centers = Tensor(repeating: 0.5, shape: [64, 1, 6, 5])
    let threat = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0.1")))
    let ball = Ball(threat, around: centers, inputRange: 0...1)
    let streams = (0..<64).map { RandomKey(seed: 1).split(example: $0).stream() }
    var touched = [Int](repeating: 0, count: 30)
    for _ in 0..<20 {
      let changed = SquareProposal.change(of: centers, in: ball, share: 4.0 / 30, streams)
        .exampleValues.map { $0.map { $0 == 0.5 ? 0 : 1 } }
      #expect(changed.allSatisfy { $0.reduce(0, +) == 4 }, "two by two pixels")
      #expect(Set(changed).count > 5)
      for values in changed {
        for (pixel, value) in values.enumerated() { touched[pixel] += value }
      }
    }
    #expect(touched.allSatisfy { $0 > 20 }, "\(touched)")
  }
}
