// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import Testing
import Torch

@testable import Evaluation

/// Two classes by the sign of the first pixel minus a half.
private struct FirstPixel: Network {
  func logits(_ input: Tensor) -> Tensor {
    let score = input.flattenedExamples.slice(0..<1, along: 1) - 0.5
    return .concatenated([-score, score], along: 1)
  }
}

/// Moves every pixel by a fixed amount, whatever the ball allows.
private struct Shift: LabelAttack {
  let amount: Double

  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any LabelVictim, random: RandomKey
  ) throws -> Tensor {
    _ = try victim.predictions(of: batch.inputs, rows: Array(0..<batch.count))
    return batch.inputs + amount
  }
}

@Suite("Judging a block", .timeLimit(.minutes(15)))
struct BlockJudgeTests {
  private let threat: ThreatModel

  init() throws {
    threat = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0.1")))
  }

  private func judge(_ shifts: [Double], pixels: [Float], labels: [Int]) throws -> BlockJudge {
    let attacks = try shifts.map {
      ResolvedExperiment.ResolvedAttack(
        specification: try Specification("shift"), parameters: [:],
        attack: .label(Shift(amount: $0)))
    }
    let examples = Examples(
      inputs: Tensor(pixels, shape: [pixels.count, 1, 1, 1]), labels: Tensor(labels), classes: 2,
      inputRange: 0...1)
    return BlockJudge(
      network: FirstPixel(), examples: examples, threat: threat, attacks: attacks,
      random: RandomKey(seed: 1), clock: { 0 })
  }

  @Test("Wrong examples are left alone, and broken ones by the attacks that follow")
  func dropsExamples() throws {
    // Right and near the border, right and far from it, wrong from the start.
    let results = try judge([0.09, 0.1], pixels: [0.45, 0.2, 0.7], labels: [0, 0, 0]).judge(
      block: 0)
    #expect(
      results.map { $0.outcomes.map(\.attacked) } == [[true, true, false], [false, true, false]])
    #expect(
      results.map { $0.outcomes.map(\.broken) } == [[true, false, false], [false, false, false]])
    #expect(results[0].outcomes.map(\.queries) == [1, 1, 0])
    let distance = try #require(results[0].outcomes[0].distance)
    #expect(abs(distance - 0.09) < 1e-6, "float32, one sum")
  }

  @Test(
    "An input outside the ball, the range or the numbers is an error",
    arguments: [0.11, -0.25, .nan])
  func refusesForeignInputs(amount: Double) throws {
    let judge = try judge([amount], pixels: [0.2], labels: [0])
    let error = #expect(throws: ExperimentError.self) { try judge.judge(block: 0) }
    #expect(error?.code == .outsideBall)
  }

  @Test("An input that leaves the range inside its ball is an error")
  func refusesForeignRange() throws {
    let judge = try judge([-0.1], pixels: [0.05], labels: [0])
    let error = #expect(throws: ExperimentError.self) { try judge.judge(block: 0) }
    #expect(error?.code == .outsideBall)
  }
}
