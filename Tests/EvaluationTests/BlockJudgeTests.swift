// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
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

/// Answers no number where the first pixel lies above a half.
private struct NumberlessAbove: Network {
  func logits(_ input: Tensor) -> Tensor {
    let score = input.flattenedExamples.slice(0..<1, along: 1) - 0.5
    let isAbove = score .> 0
    let first = isAbove.select(Tensor(repeating: .nan, shape: []), else: score * 0 + 1)
    return .concatenated([first, score * 0], along: 1)
  }
}

/// Right about an input that is alone, wrong about one in company.
private struct Sociable: Network {
  func logits(_ input: Tensor) -> Tensor {
    let zero = input.flattenedExamples.slice(0..<1, along: 1) * 0
    let isMoved = (input.flattenedExamples.slice(0..<1, along: 1) .> 0.25).cast(to: .float32)
    let wrong = input.size(0) > 1 ? isMoved : zero
    return .concatenated([zero + 0.5, wrong], along: 1)
  }
}

/// Right about a moved input where several threads answer together.
private struct Threaded: Network {
  func logits(_ input: Tensor) -> Tensor {
    let moved = (input.flattenedExamples.slice(0..<1, along: 1) .> 0.25).cast(to: .float32)
    return .concatenated([moved * 0 + 0.5, TorchLibrary.threads > 1 ? moved * 0 : moved], along: 1)
  }
}

/// Moves every pixel by a fixed amount, whatever the ball allows.
private struct Shift: NearestLabelAttack {
  let amount: Double

  func nearest(
    _ batch: Batch, in norm: Norm, enough: Double?, against victim: any LabelVictim,
    random: RandomKey
  ) throws -> Tensor {
    batch.inputs + amount
  }

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

  private func judge(
    _ shifts: [Double], pixels: [Float], labels: [Int], mode: JudgingMode = .worstCase,
    network: any Network = FirstPixel()
  ) throws -> BlockJudge {
    let attacks = try shifts.map {
      ResolvedExperiment.ResolvedAttack(
        specification: try Specification("shift"), parameters: [:], reach: .ball,
        attack: mode == .nearest
          ? .nearestByLabel(Shift(amount: $0)) : .label(Shift(amount: $0)))
    }
    let examples = Examples(
      inputs: Tensor(pixels, shape: [pixels.count, 1, 1, 1]), labels: Tensor(labels), classes: 2,
      inputRange: 0...1)
    return BlockJudge(
      network: network, examples: examples, threat: threat, mode: mode, attacks: attacks,
      keepsAll: false, random: RandomKey(seed: 1), clock: { 0 })
  }

  @Test("Wrong examples are left alone, and broken ones by the attacks that follow")
  func dropsExamples() throws {
    // Right and near the border, right and far from it, wrong from the start.
    let results = try judge([0.09, 0.1], pixels: [0.45, 0.2, 0.7], labels: [0, 0, 0]).judge(
      block: 0
    ).attacks
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

  @Test("Seeking the nearest, every attack meets every example, and epsilon says what counts")
  func nearest() throws {
    let results = try judge(
      [0.2, 0.06], pixels: [0.45, 0.35, 0.7], labels: [0, 0, 0], mode: .nearest
    ).judge(block: 0)
    #expect(
      results.attacks.map { $0.outcomes.map(\.attacked) } == [
        [true, true, false], [true, true, false],
      ])
    #expect(
      results.attacks.map { $0.outcomes.map(\.misled) } == [
        [true, true, false], [true, false, false],
      ])
    #expect(
      results.attacks.map { $0.outcomes.map(\.broken) } == [
        [false, false, false], [true, false, false],
      ])
    // The nearest of both attacks is kept.
    #expect(results.kept.examples == [0, 1])
    #expect(results.kept.values == [Float(0.45) + Float(0.06), Float(0.35) + Float(0.2)])
    let wide = results.attacks[0].outcomes.map { $0.within(0.25).broken }
    #expect(wide == [true, true, false])
  }

  @Test("Where no ball binds, every attack meets every example and none is refused")
  func eachAlone() throws {
    let results = try judge(
      [0.4, 0.3], pixels: [0.45, 0.15], labels: [0, 0], mode: .eachAlone
    ).judge(block: 0)
    #expect(results.attacks.map { $0.outcomes.map(\.broken) } == [[true, true], [true, false]])
  }

  @Test("A model that answers no number is right about nothing, and marked")
  func numberless() throws {
    let results = try judge(
      [0.09], pixels: [0.45, 0.2, 0.6], labels: [0, 0, 0], network: NumberlessAbove()
    ).judge(block: 0).attacks
    #expect(results[0].outcomes.map(\.cleanCorrect) == [true, true, false])
    #expect(results[0].outcomes.map(\.broken) == [true, false, false])
    #expect(
      results[0].outcomes.map { $0.failures.contains(.nonFiniteLogits) } == [true, false, true])
  }

  @Test("A mistake that is not seen again alone does not count, and is marked")
  func unconfirmed() throws {
    let results = try judge(
      [0.09], pixels: [0.2, 0.2], labels: [0, 0], network: Sociable()
    ).judge(block: 0).attacks
    #expect(results[0].outcomes.map(\.broken) == [false, false])
    #expect(results[0].outcomes.allSatisfy { $0.failures.contains(.unstablePrediction) })
  }

  @Test("A mistake that two threads do not make is marked in the first block, and does not count")
  func threads() throws {
    // One block and one example more.
    let count = BlockJudge.blockSize + 1
    let judge = try judge(
      [0.09], pixels: Array(repeating: 0.2, count: count),
      labels: Array(repeating: 0, count: count),
      network: Threaded())
    let first = try judge.judge(block: 0).attacks[0].outcomes
    #expect(first.allSatisfy { !$0.broken && $0.failures.contains(.unstablePrediction) })
    let second = try judge.judge(block: 1).attacks[0].outcomes
    #expect(second.map(\.broken) == [true], "a sample is enough")
    #expect(TorchLibrary.threads == 1, "who judged goes on with one")
  }
}
