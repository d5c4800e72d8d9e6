// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Statistics

/// Error rates and savings of tests that are looked at after every 128 examples.
///
/// `SIMULATED_RUNS=10000 swift test --filter SequentialSimulationTests` repeats them as often as a claim
/// needs and prints a table.
@Suite("Error rates under early stopping", .timeLimit(.minutes(60)))
struct SequentialSimulationTests {
  private static let stated = ProcessInfo.processInfo.environment["SIMULATED_RUNS"].flatMap {
    Int($0)
  }
  private static let runs = stated ?? 400
  private static let block = 128

  /// What is true of a simulated pair of models, or of one model.
  struct Truth: Sendable, CustomTestStringConvertible {
    let name: String
    /// The share of examples that are lost, or are wrong.
    let lost: Double
    /// The share of examples that are won, or are right.
    let won: Double
    /// The margin, or the floor.
    let bound: Double
    let examples: Int
    let isPaired: Bool

    var testDescription: String { name }

    static func pair(
      _ name: String, lost: Double, won: Double, of examples: Int, margin: Double = 0.02
    ) -> Truth {
      Truth(
        name: "pair, \(name)", lost: lost, won: won, bound: margin, examples: examples,
        isPaired: true)
    }

    static func rate(_ name: String, _ rate: Double, floor: Double, of examples: Int) -> Truth {
      Truth(
        name: "rate, \(name)", lost: 1 - rate, won: rate, bound: floor, examples: examples,
        isPaired: false)
    }
  }

  struct Shares {
    var pass = 0.0
    var fail = 0.0
    var saved = 0.0
  }

  /// The counts at each look; only examples on which something happens are drawn.
  private func looks(_ truth: Truth, _ stream: RandomStream) -> [(lost: Int, won: Int, all: Int)] {
    let size = (truth.examples + Self.block - 1) / Self.block
    var new = [(lost: Int, won: Int)](repeating: (0, 0), count: size)
    let discordance = truth.lost + truth.won
    var place = -1
    while true {
      let skipped = discordance >= 1 ? 0 : log(1 - stream.uniform()) / log(1 - discordance)
      guard skipped < Double(truth.examples - place - 1) else { break }
      place += 1 + Int(skipped)
      if stream.uniform() * discordance < truth.lost {
        new[place / Self.block].lost += 1
      } else {
        new[place / Self.block].won += 1
      }
    }
    var sum = (lost: 0, won: 0)
    return new.enumerated().map { index, counts in
      sum = (sum.lost + counts.lost, sum.won + counts.won)
      return (sum.lost, sum.won, min((index + 1) * Self.block, truth.examples))
    }
  }

  private func shares(_ truth: Truth) -> Shares {
    let key = RandomKey(seed: 1_000).split(truth.name)
    var shares = Shares()
    for run in 0..<Self.runs {
      let looks = looks(truth, key.split(run).stream())
      let test =
        truth.isPaired
        ? SequentialTest.loss(
          looks.map {
            PairedCounts(
              baseOnly: $0.lost, headOnly: $0.won, both: $0.all - $0.lost - $0.won, neither: 0)
          }, margin: truth.bound)
        : SequentialTest.floor(
          looks.map { RateCounts(successes: $0.won, trials: $0.all) }, floor: truth.bound)
      if test.verdict == .pass { shares.pass += 1 }
      if test.verdict == .fail { shares.fail += 1 }
      shares.saved += 1 - Double(test.decidedAfter ?? truth.examples) / Double(truth.examples)
    }
    let runs = Double(Self.runs)
    shares = Shares(pass: shares.pass / runs, fail: shares.fail / runs, saved: shares.saved / runs)
    if Self.stated != nil {
      print(
        String(
          format: "%@, n = %d: pass %.4f, fail %.4f, saved %.3f", truth.name, truth.examples,
          shares.pass, shares.fail, shares.saved))
    }
    return shares
  }

  /// What a share of a truth of 0.05 exceeds in one of a thousand simulations.
  private static let limit = 0.05 + 3.1 * (0.05 * 0.95 / Double(runs)).squareRoot()

  @Test(
    "What is just not good enough passes in at most one of twenty runs, what just is fails so",
    arguments: [
      Truth.pair("at the margin, 1 % differ", lost: 0.015, won: 0, of: 1_000, margin: 0.015),
      .pair("at the margin, 4 % differ", lost: 0.03, won: 0.01, of: 1_000),
      .pair("at the margin, 4 % differ", lost: 0.03, won: 0.01, of: 10_000),
      .pair("at the margin, 20 % differ", lost: 0.11, won: 0.09, of: 10_000),
      .rate("at the floor", 0.5, floor: 0.5, of: 1_000),
      .rate("at the floor", 0.7, floor: 0.7, of: 10_000),
      .rate("at the floor", 0.97, floor: 0.97, of: 1_000),
    ])
  func errors(truth: Truth) {
    let found = shares(truth)
    #expect(found.pass <= Self.limit && found.fail <= Self.limit)
  }

  @Test("Tests for a fixed number, looked at after every block, err more often than they say")
  func fixedTestsWouldErr() {
    let truth = Truth.pair("at the margin, fixed tests", lost: 0.03, won: 0.01, of: 10_000)
    let key = RandomKey(seed: 1_001)
    let passed = (0..<200).count { run in
      looks(truth, key.split(run).stream()).contains { look in
        let counts = PairedCounts(
          baseOnly: look.lost, headOnly: look.won, both: look.all - look.lost - look.won,
          neither: 0)
        return NonInferiority.test(counts, margin: truth.bound).verdict == .pass
      }
    }
    #expect(passed > 20, "0.05 of 200 are 10, and 20 are beyond three standard deviations")
  }

  @Test(
    "What is good enough passes, and saves examples",
    arguments: [
      (Truth.pair("easy: equal, 1 % differ", lost: 0.005, won: 0.005, of: 10_000), 0.99, 0.93),
      (.pair("medium: equal, 5 % differ", lost: 0.025, won: 0.025, of: 10_000), 0.97, 0.8),
      (
        .pair("hard: half the margin lost, 5 % differ", lost: 0.03, won: 0.02, of: 10_000), 0.9, 0.4
      ),
      (.pair("easy: equal, 1 % differ", lost: 0.005, won: 0.005, of: 1_000), 0.9, 0.4),
      (.pair("medium: equal, 5 % differ", lost: 0.025, won: 0.025, of: 1_000), 0.25, 0.08),
      (.pair("better: 4 points gained", lost: 0.02, won: 0.06, of: 1_000), 0.97, 0.6),
      (.rate("easy: 10 points above", 0.6, floor: 0.5, of: 1_000), 0.97, 0.6),
      (.rate("medium: 5 points above", 0.55, floor: 0.5, of: 1_000), 0.5, 0.15),
      (.rate("hard: 2 points above", 0.52, floor: 0.5, of: 10_000), 0.8, 0.35),
    ] as [(Truth, Double, Double)])
  func powers(truth: Truth, pass: Double, saved: Double) {
    let found = shares(truth)
    #expect(found.pass >= pass && found.saved >= saved)
    #expect(found.fail <= 0.01)
  }

  @Test(
    "What is not good enough fails, and saves examples",
    arguments: [
      (Truth.pair("easy: five times the margin lost", lost: 0.12, won: 0.02, of: 1_000), 0.97, 0.6),
      (.pair("medium: twice the margin lost", lost: 0.06, won: 0.02, of: 10_000), 0.97, 0.6),
      (.rate("easy: 10 points below", 0.4, floor: 0.5, of: 1_000), 0.97, 0.6),
    ] as [(Truth, Double, Double)])
  func failures(truth: Truth, fail: Double, saved: Double) {
    let found = shares(truth)
    #expect(found.fail >= fail && found.saved >= saved)
    #expect(found.pass <= 0.01)
  }
}
