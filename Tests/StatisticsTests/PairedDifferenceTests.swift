// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TestSupport
import Testing

@testable import Statistics

@Suite("Score interval of a paired difference", .timeLimit(.minutes(15)))
struct PairedDifferenceTests {
  /// Tables as printed, with rows (both, first only, second only, neither); first minus second.
  struct Printed: Sendable {
    let table: [Int]
    let level: Double
    let low: Double
    let high: Double
  }

  static let published = [
    // Tango 1998, Statistics in Medicine 17, 891-908, worked examples.
    Printed(table: [43, 0, 1, 0], level: 0.90, low: -0.096, high: 0.037),
    Printed(table: [4, 9, 3, 16], level: 0.95, low: -0.027, high: 0.390),
    // Agresti and Min 2005, Statistics in Medicine 24, 729-740.
    Printed(table: [53, 16, 8, 9], level: 0.95, low: -0.020, high: 0.207),
    // Fagerland, Lydersen and Laake 2014, Statistics in Medicine 33, 2850-2875.
    Printed(table: [1, 1, 7, 12], level: 0.95, low: -0.517, high: -0.026),
  ]

  @Test("Gives the published intervals", .tags(.paper), arguments: published)
  func matches(_ printed: Printed) {
    // The printed difference is first minus second, so first is the head.
    let counts = PairedCounts(
      baseOnly: printed.table[2], headOnly: printed.table[1], both: printed.table[0],
      neither: printed.table[3])
    let interval = counts.differenceInterval(level: printed.level)
    #expect(abs(interval.low - printed.low) <= 5.5e-4, "printed to three places")
    #expect(abs(interval.high - printed.high) <= 5.5e-4, "printed to three places")
    #expect(interval.contains(counts.difference))
  }

  /// The score statistic, with the nuisance rate found by searching the likelihood.
  private func slowScore(_ base: Double, _ head: Double, _ total: Double, _ difference: Double)
    -> Double
  {
    func logLikelihood(_ rate: Double) -> Double {
      func term(_ count: Double, _ probability: Double) -> Double {
        count == 0 ? 0 : count * log(max(probability, 1e-300))
      }
      return term(base, rate) + term(head, rate + difference)
        + term(total - base - head, 1 - 2 * rate - difference)
    }
    var (low, high) = (max(0, -difference), (1 - difference) / 2)
    for _ in 0..<200 {
      let (left, right) = (low + (high - low) / 3, high - (high - low) / 3)
      if logLikelihood(left) < logLikelihood(right) { low = left } else { high = right }
    }
    let rate = (low + high) / 2
    let variance = total * (2 * rate + difference - difference * difference)
    return (head - base - total * difference) / variance.squareRoot()
  }

  @Test(
    "At its ends a slow search of the likelihood finds the same score",
    arguments: [
      (12, 3, 100), (1, 0, 44), (0, 5, 30), (40, 20, 160), (25, 31, 1_000), (300, 260, 10_000),
    ])
  func endsHaveTheScore(baseOnly: Int, headOnly: Int, total: Int) {
    let counts = PairedCounts(
      baseOnly: baseOnly, headOnly: headOnly, both: total - baseOnly - headOnly, neither: 0)
    let interval = counts.differenceInterval()
    let (base, head) = (Double(baseOnly), Double(headOnly))
    #expect(abs(slowScore(base, head, Double(total), interval.low) - 1.959964) <= 1e-4)
    #expect(abs(slowScore(base, head, Double(total), interval.high) - -1.959964) <= 1e-4)
  }

  @Test("Without any disagreement it is z² / (n + z²) to both sides", arguments: [1, 20, 1_000])
  func noDisagreement(total: Int) {
    let interval = PairedCounts(baseOnly: 0, headOnly: 0, both: total, neither: 0)
      .differenceInterval()
    let squared = 1.959963984540054 * 1.959963984540054
    #expect(abs(interval.high - squared / (Double(total) + squared)) <= 1e-12)
    #expect(interval.low == -interval.high)
  }

  @Test("Where the base alone is right everywhere the lower end is -1", arguments: [1, 30])
  func completeLoss(total: Int) {
    let loss = PairedCounts(baseOnly: total, headOnly: 0, both: 0, neither: 0).differenceInterval()
    #expect(loss.low == -1)
    #expect(loss.high > -1 && loss.high < 1)
    let gain = PairedCounts(baseOnly: 0, headOnly: total, both: 0, neither: 0).differenceInterval()
    #expect(gain.high == 1 && gain.low == -loss.high)
  }

  @Test("One-sided bounds are the ends of the interval with twice the rest")
  func oneSided() {
    let counts = PairedCounts(baseOnly: 31, headOnly: 17, both: 700, neither: 252)
    let interval = counts.differenceInterval(level: 0.9)
    #expect(abs(counts.differenceLowerBound(level: 0.95) - interval.low) <= 1e-12)
    #expect(abs(counts.differenceUpperBound(level: 0.95) - interval.high) <= 1e-12)
  }

  @Test("Exchanging base and head mirrors it")
  func mirrored() {
    let forward = PairedCounts(baseOnly: 9, headOnly: 2, both: 50, neither: 20).differenceInterval()
    let back = PairedCounts(baseOnly: 2, headOnly: 9, both: 50, neither: 20).differenceInterval()
    #expect(forward.low == -back.high && forward.high == -back.low)
  }

  @Test(
    "Covers within a point of its level in ten thousand simulated experiments",
    arguments: [
      (200, 0.10, 0.00), (200, 0.30, 0.00), (500, 0.10, 0.00), (500, 0.10, -0.05),
      (1_000, 0.05, 0.00),
      (1_000, 0.05, 0.02), (1_000, 0.10, -0.03), (2_000, 0.30, 0.10), (10_000, 0.05, -0.01),
      (10_000, 0.01, 0.00),
    ])
  func simulatedCoverage(total: Int, discordance: Double, difference: Double) {
    let stream = RandomKey(seed: 50).split(total).split("\(discordance) \(difference)").stream()
    let headShare = (discordance + difference) / (2 * discordance)
    var known: [PairedCounts: ConfidenceInterval] = [:]
    var (covered, overLow, underHigh) = (0, 0, 0)
    for _ in 0..<10_000 {
      let discordant = stream.binomial(trials: total, probability: discordance)
      let head = stream.binomial(trials: discordant, probability: headShare)
      let counts = PairedCounts(
        baseOnly: discordant - head, headOnly: head, both: total - discordant, neither: 0)
      let interval = known[counts] ?? counts.differenceInterval()
      known[counts] = interval
      if interval.contains(difference) { covered += 1 }
      if difference >= interval.low { overLow += 1 }
      if difference <= interval.high { underHigh += 1 }
    }
    #expect(abs(Double(covered) / 10_000 - 0.95) <= 0.01)
    #expect(abs(Double(overLow) / 10_000 - 0.975) <= 0.01)
    #expect(abs(Double(underHigh) / 10_000 - 0.975) <= 0.01)
  }
}
