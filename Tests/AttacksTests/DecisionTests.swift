// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Attacks

/// Class 1 where the mean is above a limit that fine noise never reaches.
private struct BrightNetwork: Network {
  func logits(_ input: Tensor) -> Tensor {
    let score = input.flattenedExamples.mean(along: [1], keeping: true) - 0.7
    return .concatenated([score * 0, score], along: 1)
  }
}

/// Class 1 where the mean of the left half is above a limit.
private struct LeftNetwork: Network {
  func logits(_ input: Tensor) -> Tensor {
    let width = input.size(input.rank - 1)
    let left = input.slice(0..<width / 2, along: input.rank - 1).flattenedExamples
    let score = left.mean(along: [1], keeping: true) - 0.4
    return .concatenated([score * 0, score], along: 1)
  }
}

@Suite("Decision-based attacks", .timeLimit(.minutes(15)))
struct DecisionTests {
  private static let attacks: [(any NearestLabelAttack, Norm, Double)] = [
    (HopSkipJump(queries: 4000), .l2, 1.03), (HopSkipJump(queries: 4000), .linf, 1.05),
    (BoundaryWalk(queries: 4000), .l2, 1.001),
  ]

  private func distances(
    _ attack: any NearestLabelAttack, _ norm: Norm, _ network: any Network, _ batch: Batch,
    enough: Double? = nil, budget: Int? = nil, range: ClosedRange<Double> = -1...2
  ) throws -> (lengths: [Double], victim: ModelVictim) {
    let victim = ModelVictim(
      network, classes: 2, inputRange: range, rows: batch.count, budget: budget)
    let inputs = try attack.nearest(
      batch, in: norm, enough: enough, against: victim, random: RandomKey(seed: 5))
    let labels = batch.labels.elements(of: Int.self)
    let isRight = try network.rights(inputs, labels)
    let lengths = norm.distances(of: inputs, from: batch.inputs).elements(of: Double.self)
    for (right, length) in zip(isRight, lengths) { #expect(right == (length == 0)) }
    return (lengths, victim)
  }

  /// Measured: 1.013 to 1.017, 1.023 to 1.037, and 1.000003.
  @Test("On a linear model they come near the closed-form distance", arguments: 0..<3)
  func closedForm(index: Int) throws {
    let (attack, norm, limit) = Self.attacks[index]
    let problem = SmallProblem(shape: [1, 7, 7], count: 4, shift: 0)
    let dual =
      norm == .l2
      ? problem.weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
      : problem.weights.map(abs).reduce(0, +)
    let truths = problem.scores(shift: 0).map { abs($0) / dual }
    let found = try distances(attack, norm, problem.network, problem.batch)
    let ratios = zip(found.lengths, truths).map { $0 / $1 }
    for ratio in ratios { #expect(ratio >= 1 - 1e-4 && ratio <= limit) }
    for queries in found.victim.queries { #expect(queries <= 4000 && queries > 3900) }
  }

  @Test(
    "No example asks more than its budget, whatever it is",
    arguments: [1, 2, 5, 17, 40, 61, 200, 777])
  func budget(queries: Int) throws {
    let problem = SmallProblem(shape: [1, 6, 6], count: 6, shift: 0)
    let attacks: [(any NearestLabelAttack, Norm)] = [
      (HopSkipJump(queries: queries), .l2), (HopSkipJump(queries: queries), .linf),
      (BoundaryWalk(queries: queries), .l2),
    ]
    for (attack, norm) in attacks {
      let own = try distances(attack, norm, problem.network, problem.batch).victim
      #expect(own.queries.allSatisfy { $0 <= queries })
    }
    // The victim's budget, far below the attack's own, ends each example alone.
    let bound = try distances(
      HopSkipJump(), .l2, problem.network, problem.batch, budget: queries)
    #expect(bound.victim.queries.allSatisfy { $0 <= queries })
    #expect(bound.victim.isBudgetSpent)
    for row in 0..<6 {
      let alone = try distances(
        HopSkipJump(), .l2, problem.network, problem.batch.rows([row]), budget: queries)
      #expect(alone.lengths == [bound.lengths[row]], "whatever the neighbours spend")
      #expect(alone.victim.queries == [bound.victim.queries[row]])
    }
  }

  @Test("An example that is near enough rests")
  func enough() throws {
    let problem = SmallProblem(shape: [1, 6, 6], count: 6, shift: 0)
    let far = try distances(
      HopSkipJump(queries: 3000), .l2, problem.network, problem.batch, enough: 1)
    let near = try distances(
      HopSkipJump(queries: 3000), .l2, problem.network, problem.batch, enough: 0.01)
    for row in 0..<6 where far.victim.queries[row] < 2000 { #expect(far.lengths[row] <= 1) }
    #expect(far.victim.queries.reduce(0, +) < near.victim.queries.reduce(0, +))
  }

  @Test("Where fine noise is never adversarial, coarse noise starts the walk")
  func coarseStart() throws {
    let images = Images.batch(6, classes: 1, in: 0...0.2, withEnds: false)
    let found = try distances(
      HopSkipJump(queries: 2000), .l2, BrightNetwork(), images, range: 0...1)
    #expect(found.lengths.allSatisfy { $0 > 0 })
    let means = images.inputs.exampleValues.map { $0.reduce(0, +) / Double(Images.size) }
    for (length, mean) in zip(found.lengths, means) {
      let truth = (0.7 - mean) * Double(Images.size).squareRoot()
      #expect(length >= truth * (1 - 1e-4) && length <= truth * 1.1)
    }
  }

  @Test("Patches begin nearer than noise everywhere, where the queries can pay them")
  func patches() throws {
    let images = Images.batch(6, classes: 1, in: 0...0.05, withEnds: false)
    func start(queries: Int) throws -> (distances: [Double], victim: ModelVictim) {
      let victim = ModelVictim(
        LeftNetwork(), classes: 2, inputRange: 0...1, rows: images.count, budget: nil)
      var search = DecisionSearch(images, .l2, enough: nil, queries: queries, victim)
      try search.start(RandomKey(seed: 3), draws: 100)
      _ = try search.boundary(
        from: search.nearest, rows: Array(0..<images.count), halvings: 10, along: .l2)
      return (search.distances, victim)
    }
    let few = try start(queries: 200)
    let many = try start(queries: 10_000)
    #expect(few.victim.queries.allSatisfy { $0 < 20 }, "nothing is left for a search of its own")
    #expect(many.victim.queries.allSatisfy { $0 <= 500 + 20 })
    // Noise on the left half alone has half the squared length; rectangles come close to it.
    let ratios = zip(few.distances, many.distances).map { $1 / $0 }
    #expect(ratios.allSatisfy { $0 < 1 })
    #expect(ratios.reduce(0, +) / Double(ratios.count) < 0.85)
  }
}
