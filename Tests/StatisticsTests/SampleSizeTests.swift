// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TestSupport
import Testing

@testable import Statistics

@Suite("Sample sizes", .timeLimit(.minutes(15)))
struct SampleSizeTests {
  @Test(
    "Resolves the differences of the design", .tags(.paper),
    arguments: [
      (0.05, 500, 2.8), (0.05, 1_000, 2.0), (0.05, 2_000, 1.4), (0.10, 500, 4.0),
      (0.10, 1_000, 2.8), (0.10, 2_000, 2.0),
    ])
  func paired(discordance: Double, trials: Int, points: Double) throws {
    let difference = try #require(
      SampleSize.pairedDetectableDifference(trials: trials, discordance: discordance))
    #expect(abs(100 * difference - points) <= 0.05, "to one place")
  }

  @Test(
    "Resolves less than a point with ten thousand examples", .tags(.paper),
    arguments: [(0.05, 0.63), (0.10, 0.89)])
  func pairedLarge(discordance: Double, points: Double) throws {
    let difference = try #require(
      SampleSize.pairedDetectableDifference(trials: 10_000, discordance: discordance))
    #expect(abs(100 * difference - points) <= 0.005, "to two places")
  }

  @Test(
    "Resolves a third of that without pairs", .tags(.paper),
    arguments: [500: 8.9, 1_000: 6.3, 2_000: 4.4, 10_000: 2.0])
  func unpaired(trials: Int, points: Double) {
    let difference = SampleSize.unpairedDetectableDifference(trials: trials)
    #expect(abs(100 * difference - points) <= 0.05, "to one place")
  }

  @Test("The number of examples and the difference are inverse", arguments: [0.02, 0.05, 0.3])
  func inverse(discordance: Double) throws {
    for trials in [500, 1_000, 7_777] {
      let difference = try #require(
        SampleSize.pairedDetectableDifference(trials: trials, discordance: discordance))
      let back = SampleSize.paired(difference: difference, discordance: discordance)
      #expect(abs(back - trials) <= 1, "rounded up")
    }
    let difference = SampleSize.unpairedDetectableDifference(trials: 1_234, rate: 0.7)
    #expect(abs(SampleSize.unpaired(difference: difference, rate: 0.7) - 1_234) <= 1)
  }

  @Test("Ten examples cannot show a difference of their whole discordance")
  func unreachable() {
    #expect(SampleSize.pairedDetectableDifference(trials: 10, discordance: 0.05) == nil)
  }

  @Test(
    "McNemar's mid-p test finds the detectable difference four times in five",
    arguments: [(1_000, 0.05), (2_000, 0.10), (500, 0.30)])
  func simulatedPower(trials: Int, discordance: Double) throws {
    let difference = try #require(
      SampleSize.pairedDetectableDifference(trials: trials, discordance: discordance))
    let stream = RandomKey(seed: 80).split(trials).stream()
    let headShare = (discordance - difference) / (2 * discordance)
    var found = 0
    for _ in 0..<10_000 {
      let discordant = stream.binomial(trials: trials, probability: discordance)
      let head = stream.binomial(trials: discordant, probability: headShare)
      let counts = PairedCounts(
        baseOnly: discordant - head, headOnly: head, both: trials - discordant, neither: 0)
      if counts.midP <= 0.05 { found += 1 }
    }
    #expect(abs(Double(found) / 10_000 - 0.8) <= 0.02)
  }

  @Test(
    "The interval is narrow enough with the examples named, and not with one in twenty fewer",
    arguments: [(0.045, 0.5), (0.0316, 0.5), (0.01, 0.5), (0.02, 0.9), (0.01, 0.02)])
  func halfWidth(halfWidth: Double, rate: Double) throws {
    let trials = try #require(SampleSize.forHalfWidth(halfWidth, rate: rate))
    func width(_ trials: Int) -> Double {
      let successes = Int((rate * Double(trials)).rounded())
      let interval = ProportionInterval(successes: successes, trials: trials)
      return (interval.high - interval.low) / 2
    }
    #expect(width(trials) <= halfWidth * 1.01, "whole counts")
    #expect(width(trials * 19 / 20) > halfWidth)
  }

  @Test("With no success expected the number follows from the closed form")
  func halfWidthAtZero() throws {
    // The upper end is 1 - 0.025^(1/n), so n is the logarithm of 0.025 over that of 1 - 2h.
    let trials = try #require(SampleSize.forHalfWidth(0.002, rate: 0))
    #expect(trials == Int((log(0.025) / log(1 - 0.004)).rounded(.up)))
    #expect(SampleSize.forHalfWidth(1e-6) == nil)
  }
}
