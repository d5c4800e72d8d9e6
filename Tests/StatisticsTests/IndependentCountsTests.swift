// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TestSupport
import Testing

@testable import Statistics

@Suite("Two independent rates", .timeLimit(.minutes(15)))
struct IndependentCountsTests {
  @Test(
    "Gives the published intervals of the difference", .tags(.paper),
    // Newcombe 1998, Statistics in Medicine 17, 873-890, method 10, head minus base; the last one
    // from Fagerland, Lydersen and Laake 2015.
    arguments: [
      ([48, 80, 56, 70], 0.0524, 0.3339), ([0, 29, 5, 56], -0.0381, 0.1926),
      ([1, 34, 7, 34], 0.0189, 0.3404),
    ] as [([Int], Double, Double)])
  func published(table: [Int], low: Double, high: Double) {
    let interval = counts(table).differenceInterval()
    #expect(abs(interval.low - low) <= 5e-5, "printed to four places")
    #expect(abs(interval.high - high) <= 5e-5, "printed to four places")
  }

  @Test(
    "Fisher's test agrees with R and scipy",
    // The second value is printed in the test suite of the R package contingencytables.
    arguments: [
      ([1, 34, 7, 34], 0.054400130495065674), ([0, 16, 15, 72], 0.06286666463010933),
      ([450, 1_000, 490, 1_000], 0.08056235900696439), ([1, 6, 8, 10], 0.034965034965034975),
      ([5, 10, 5, 10], 1), ([0, 7, 0, 9], 1),
    ] as [([Int], Double)])
  func fisher(table: [Int], pValue: Double) {
    #expect(abs(counts(table).fisherExactP - pValue) <= 1e-9)
  }

  @Test("Exchanging base and head mirrors the interval and keeps the p-value")
  func mirrored() {
    let forward = counts([3, 40, 11, 35])
    let back = counts([11, 35, 3, 40])
    #expect(abs(forward.differenceInterval().low + back.differenceInterval().high) <= 1e-15)
    #expect(abs(forward.fisherExactP - back.fisherExactP) <= 1e-12)
  }

  @Test("Stays inside -1...1 at the corners")
  func corners() {
    let interval = counts([0, 5, 5, 5]).differenceInterval()
    #expect(interval.high == 1 && interval.low > 0)
    let none = counts([0, 5, 0, 5]).differenceInterval()
    #expect(none.low < 0 && none.high > 0)
  }

  @Test(
    "Covers within a point of its level in ten thousand simulated experiments",
    arguments: [(200, 0.5, 0.5), (500, 0.6, 0.7), (1_000, 0.9, 0.88)])
  func simulatedCoverage(trials: Int, base: Double, head: Double) {
    let stream = RandomKey(seed: 60).split(trials).stream()
    var covered = 0
    for _ in 0..<10_000 {
      let table = [
        stream.binomial(trials: trials, probability: base), trials,
        stream.binomial(trials: trials, probability: head), trials,
      ]
      if counts(table).differenceInterval().contains(head - base) { covered += 1 }
    }
    #expect(abs(Double(covered) / 10_000 - 0.95) <= 0.01)
  }

  private func counts(_ table: [Int]) -> IndependentCounts {
    IndependentCounts(
      baseSuccesses: table[0], baseTrials: table[1], headSuccesses: table[2], headTrials: table[3])
  }
}
