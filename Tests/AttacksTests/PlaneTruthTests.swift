// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Foundation
import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

/// A network of two inputs, small enough that a grid settles what can be broken.
private struct PlaneNetwork: Network {
  static let classes = 4
  private let first: Tensor
  private let bias: Tensor
  private let second: Tensor
  private var shift: Tensor

  init(seed: UInt64) {
    let random = RandomKey(seed: seed)
    func normal(_ purpose: String, _ shape: [Int], sigma: Float) -> Tensor {
      Tensor(shape: shape) {
        random.split(purpose).stream().fillNormal($0, mean: 0, sigma: sigma)
      }
    }
    first = normal("first", [24, 2], sigma: 6)
    bias = normal("bias", [24], sigma: 3)
    second = normal("second", [Self.classes, 24], sigma: 1)
    shift = Tensor(repeating: 0, shape: [Self.classes])
    // Every class is as good as the others on the whole, so that each has its regions.
    let sample = Tensor(shape: [500, 1, 1, 2]) {
      random.split("sample").stream().fillUniform($0, low: 0, high: 1)
    }
    shift = -logits(sample).mean(along: [0])
  }

  func logits(_ input: Tensor) -> Tensor {
    (input.flattenedExamples - 0.5).linear(weight: first, bias: bias).relu
      .linear(weight: second, bias: shift)
  }
}

@Suite("On a plane, against a fine grid", .tags(.law), .timeLimit(.minutes(15)))
struct PlaneTruthTests {
  private static let radius = 0.06
  private static let side = 41
  /// The closing figure is for `GRID_POINTS=1000`.
  private static let points =
    ProcessInfo.processInfo.environment["GRID_POINTS"].flatMap(Int.init) ?? 150

  /// Offsets of the grid, its borders on the ball's: `[side², 1, 1, 2]`.
  private static let grid: Tensor = {
    let steps = (0..<side).map { (Float($0) / Float(side - 1) * 2 - 1) * Float(radius) * 0.999_99 }
    return Tensor(steps.flatMap { x in steps.flatMap { [x, $0] } }, shape: [side * side, 1, 1, 2])
  }()

  /// Whether any point of the grid around each input is misclassified.
  private func isBreakable(_ batch: Batch, _ network: PlaneNetwork) throws -> [Bool] {
    let labels = batch.labels.elements(of: Int.self)
    return try labels.indices.map { row in
      let inputs = (batch.inputs.slice(row..<row + 1) + Self.grid).clamped(to: 0...1)
      return try network.predictions(inputs).contains { $0 != labels[row] }
    }
  }

  @Test("The attacks of 'standard' find every adversarial that exists", arguments: 1...10)
  func findsAll(seed: Int) throws {
    let network = PlaneNetwork(seed: UInt64(seed))
    let inputs = Tensor(shape: [Self.points, 1, 1, 2]) {
      RandomKey(seed: UInt64(seed)).split("points").stream().fillUniform($0, low: 0, high: 1)
    }
    let batch = Batch(
      inputs: inputs, labels: Tensor(try network.predictions(inputs)),
      indices: Array(0..<Self.points))
    let truth = try isBreakable(batch, network)
    var standing = Array(0..<Self.points)
    let threat = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("\(Self.radius)")))
    // The suite's attacks in its order, with a part of Square's budget.
    for text in ["apgd-ce", "apgd-t", "fab-t", "square:queries=200"] {
      let specification = try Specification(text)
      let attack = try AttackCatalog.member(for: specification).attack(specification).attack
      let part = batch.rows(standing)
      let victim = ModelVictim(
        network, classes: PlaneNetwork.classes, inputRange: 0...1, rows: standing.count)
      let found = try attack.perturb(
        part, within: threat, against: victim, random: RandomKey(seed: 5))
      let rights = try network.rights(found, part.labels.elements(of: Int.self))
      standing = standing.indices.filter { rights[$0] }.map { standing[$0] }
    }
    let missed = standing.filter { truth[$0] }
    #expect(missed.isEmpty, "\(missed.count) of \(truth.count { $0 })")
    #expect(
      truth.count { $0 } > Self.points / 50 && standing.count > Self.points / 10, "both kinds occur"
    )
  }
}
