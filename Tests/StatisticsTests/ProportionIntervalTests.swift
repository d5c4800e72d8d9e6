// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TestSupport
import Testing

@testable import Statistics

@Suite("Exact interval of a rate", .timeLimit(.minutes(15)))
struct ProportionIntervalTests {
  @Test(
    "Gives the published intervals", .tags(.paper),
    // Newcombe 1998, Statistics in Medicine 17, 857-872, table I, Clopper-Pearson row.
    arguments: [
      (81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0, 0.1684),
      (1, 29, 0.0009, 0.1776),
    ])
  func published(successes: Int, trials: Int, low: Double, high: Double) {
    let interval = ProportionInterval(successes: successes, trials: trials)
    #expect(abs(interval.low - low) <= 5e-5, "printed to four places")
    #expect(abs(interval.high - high) <= 5e-5, "printed to four places")
  }

  @Test(
    "Agrees with scipy's inverse incomplete beta function",
    // scipy 1.17 special.betaincinv, level 0.99 except where noted.
    arguments: [
      (721, 1_000, 0.6829618856593827, 0.7569011185393792),
      (9_999, 10_000, 0.999257225887604, 0.9999994987459433),
      (30, 100, 0.18901476186012411, 0.43061355361652065),
      (5_000, 10_000, 0.48707333515582113, 0.5129266648441788),
    ])
  func matchesScipy(successes: Int, trials: Int, low: Double, high: Double) {
    let interval = ProportionInterval(successes: successes, trials: trials, level: 0.99)
    #expect(abs(interval.low - low) <= 1e-9)
    #expect(abs(interval.high - high) <= 1e-9)
  }

  @Test(
    "Is as wide at one half as planning says", .tags(.paper),
    arguments: [50: 14.5, 100: 10.2, 200: 7.1, 500: 4.5, 1_000: 3.1, 10_000: 1.0])
  func halfWidths(trials: Int, points: Double) {
    let interval = ProportionInterval(successes: trials / 2, trials: trials)
    #expect(abs(100 * (interval.high - interval.low) / 2 - points) <= 0.05, "to one place")
  }

  @Test("With no success or no failure the end is exact", arguments: [1, 20, 1_000, 10_000])
  func edges(trials: Int) {
    let none = ProportionInterval(successes: 0, trials: trials)
    let all = ProportionInterval(successes: trials, trials: trials)
    let closedForm = 1 - pow(0.025, 1 / Double(trials))
    #expect(none.low == 0 && none.value == 0)
    #expect(all.high == 1 && all.value == 1)
    #expect(abs(none.high - closedForm) <= 1e-12)
    #expect(abs(all.low - (1 - closedForm)) <= 1e-12)
  }

  @Test("No success in a thousand leaves at most 0.37 % open", .tags(.paper))
  func ruleOfThree() {
    #expect(abs(ProportionInterval(successes: 0, trials: 1_000).high - 0.0037) <= 5e-5)
    let oneSided = ProportionInterval.upperBound(successes: 0, trials: 1_000)
    #expect(abs(oneSided - (1 - pow(0.05, 0.001))) <= 1e-12)
  }

  @Test("A bound is the rate at which the tail has exactly the probability left over")
  func boundsInvertTheTail() {
    for (successes, trials) in [(16, 500), (2, 500), (484, 500), (31, 999), (7, 9)] {
      let low = ProportionInterval.lowerBound(successes: successes, trials: trials, level: 0.975)
      let high = ProportionInterval.upperBound(successes: successes, trials: trials, level: 0.975)
      let above = (successes...trials).reduce(0) { $0 + Reference.binomialMass($1, trials, low) }
      let below = (0...successes).reduce(0) { $0 + Reference.binomialMass($1, trials, high) }
      #expect(abs(above - 0.025) <= 1e-10)
      #expect(abs(below - 0.025) <= 1e-10)
    }
  }

  @Test(
    "Every count has a bound: none is lost to the quantile function", arguments: [29, 500, 999])
  func everyCountWorks(trials: Int) {
    var previous = -1.0
    for successes in 0...trials {
      let bound = ProportionInterval.lowerBound(successes: successes, trials: trials)
      #expect(bound > previous)
      #expect(bound < Double(successes) / Double(trials) || successes == 0)
      previous = bound
    }
  }

  @Test(
    "Covers at least its level, summed over all outcomes", arguments: [10, 50, 200],
    [0.8, 0.95, 0.99])
  func exactCoverage(trials: Int, level: Double) {
    let intervals = (0...trials).map {
      ProportionInterval(successes: $0, trials: trials, level: level).interval
    }
    var least = 1.0
    for step in 1..<100 {
      let rate = Double(step) / 100
      var coverage = 0.0
      for (successes, interval) in intervals.enumerated() where interval.contains(rate) {
        coverage += Reference.binomialMass(successes, trials, rate)
      }
      least = min(least, coverage)
    }
    #expect(least >= level - 1e-9)
    // A wider interval than this would waste examples.
    #expect(least <= level + (1 - level) / 2)
  }

  @Test(
    "Covers at least its level in ten thousand simulated experiments",
    arguments: [(20, 0.1), (100, 0.5), (500, 0.97), (1_000, 0.7), (10_000, 0.003)])
  func simulatedCoverage(trials: Int, rate: Double) {
    let stream = RandomKey(seed: 40).split(trials).stream()
    var known: [Int: ProportionInterval] = [:]
    var (covered, overLow, underHigh) = (0, 0, 0)
    for _ in 0..<10_000 {
      let successes = stream.binomial(trials: trials, probability: rate)
      let interval = known[successes] ?? ProportionInterval(successes: successes, trials: trials)
      known[successes] = interval
      if interval.interval.contains(rate) { covered += 1 }
      if rate >= interval.low { overLow += 1 }
      if rate <= interval.high { underHigh += 1 }
    }
    // Four standard deviations of ten thousand coins of 0.95 are 87, of 0.975 they are 62.
    #expect(covered >= 9_500 - 87)
    #expect(min(overLow, underHigh) >= 9_750 - 62)
  }
}
