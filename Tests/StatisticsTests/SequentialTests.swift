// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Statistics

@Suite("Tests that may be looked at any time", .timeLimit(.minutes(15)))
struct SequentialTests {
  @Test(
    "The e-value of few pairs is that of the formula by hand",
    arguments: [
      (0, 0, 1), (1, 0, 1), (0, 1, 1), (2, 0, 1.5), (1, 1, 0.5), (3, 0, 2.5), (2, 1, 0.5),
    ])
  func byHand(baseOnly: Int, headOnly: Int, value: Double) {
    let logValue = SequentialPairedTest.logEvidence(baseOnly: baseOnly, headOnly: headOnly)
    #expect(abs(exp(logValue) - value) <= 1e-12)
  }

  @Test("Its mean under equal rates is one", arguments: [1, 5, 40, 300])
  func meanIsOne(pairs: Int) {
    let mean = (0...pairs).reduce(0) {
      let logValue = SequentialPairedTest.logEvidence(baseOnly: $1, headOnly: pairs - $1)
      return $0 + exp(logValue) * Reference.binomialMass($1, pairs, 0.5)
    }
    #expect(abs(mean - 1) <= 1e-9)
  }

  @Test("A thousand pairs on one side do not overflow")
  func largeCounts() {
    var test = SequentialPairedTest()
    for _ in 0..<2_000 { test.observe(baseIsRight: true, headIsRight: false) }
    #expect(test.logEvidence > 1_000 && test.logEvidence.isFinite)
    #expect(test.pValue == 0 && test.rejects(alpha: 1e-300))
    #expect(test.baseOnly == 2_000 && test.headOnly == 0)
  }

  @Test("Examples on which both agree change nothing, and evidence once seen is kept")
  func bookkeeping() {
    var test = SequentialPairedTest()
    test.observe(baseIsRight: true, headIsRight: true)
    test.observe(baseIsRight: false, headIsRight: false)
    #expect(test == SequentialPairedTest())
    for _ in 0..<12 { test.observe(baseIsRight: false, headIsRight: true) }
    let evidence = test.logEvidence
    #expect(test.rejects() && abs(test.pValue - exp(-evidence)) <= 1e-12)
    for _ in 0..<12 { test.observe(baseIsRight: true, headIsRight: false) }
    #expect(test.logEvidence < evidence && test.largestLogEvidence == evidence)
  }

  @Test(
    "The exact chance of ever stopping under equal rates is at most alpha", arguments: [0.05, 0.2])
  func exactFalseStops(alpha: Double) {
    var stopped = 0.0
    var running = [1.0]
    for pairs in 1...600 {
      var next = [Double](repeating: 0, count: pairs + 1)
      for (won, mass) in running.enumerated() {
        next[won] += mass / 2
        next[won + 1] += mass / 2
      }
      for won in next.indices where next[won] > 0 {
        let evidence = SequentialPairedTest.logEvidence(baseOnly: won, headOnly: pairs - won)
        if evidence >= -log(alpha) {
          stopped += next[won]
          next[won] = 0
        }
      }
      running = next
    }
    #expect(stopped <= alpha)
    // A test that never stops would be safe and useless.
    #expect(stopped >= alpha / 4)
  }

  @Test("Looking after every pair of ten thousand experiments stops falsely in at most alpha")
  func simulatedFalseStops() {
    let stream = RandomKey(seed: 100).stream()
    var stopped = 0
    for _ in 0..<10_000 {
      var test = SequentialPairedTest()
      for _ in 0..<120 where !test.rejects() {
        let base = stream.bits() >> 31 == 0
        test.observe(baseIsRight: base, headIsRight: !base)
      }
      if test.rejects() { stopped += 1 }
    }
    #expect(stopped <= 500 && stopped > 50)
  }

  @Test("A head that wins three pairs of four is found within two hundred pairs")
  func finds() {
    let stream = RandomKey(seed: 101).stream()
    let found = (0..<300).count(where: { _ in
      var test = SequentialPairedTest()
      for _ in 0..<200 where !test.rejects() {
        let head = stream.bernoulli(0.75)
        test.observe(baseIsRight: !head, headIsRight: head)
      }
      return test.rejects()
    })
    #expect(found >= 297)
  }

  @Test(
    "The exact chance that a confidence sequence ever misses the rate is at most one minus its level",
    arguments: [0.02, 0.3, 0.5, 0.95])
  func exactSequenceCoverage(rate: Double) {
    var missed = 0.0
    var running = [1.0]
    for trials in 1...300 {
      var next = [Double](repeating: 0, count: trials + 1)
      for (successes, mass) in running.enumerated() {
        next[successes] += mass * (1 - rate)
        next[successes + 1] += mass * rate
      }
      for successes in next.indices where next[successes] > 0 {
        if ConfidenceSequence.excludes(rate, successes: successes, trials: trials) {
          missed += next[successes]
          next[successes] = 0
        }
      }
      running = next
    }
    #expect(missed <= 0.05)
    #expect(missed >= 0.003)
  }

  @Test(
    "Its ends are where exclusion begins", arguments: [(0, 10), (10, 10), (3, 10), (700, 1_000)])
  func sequenceEnds(successes: Int, trials: Int) {
    let interval = ConfidenceSequence.interval(successes: successes, trials: trials)
    func excludes(_ rate: Double) -> Bool {
      ConfidenceSequence.excludes(rate, successes: successes, trials: trials)
    }
    #expect(interval.contains(Double(successes) / Double(trials)))
    #expect(!excludes(interval.low) && !excludes(interval.high))
    if successes > 0 { #expect(excludes(interval.low - 1e-9)) } else { #expect(interval.low == 0) }
    if successes < trials {
      #expect(excludes(interval.high + 1e-9))
    } else {
      #expect(interval.high == 1)
    }
  }

  @Test(
    "Its width against that for one look follows Laplace's approximation",
    // The square root of 2 ln 20 + ln(πn / 2), over 1.96.
    arguments: [1_000: 1.86, 10_000: 2.02, 100_000: 2.16])
  func sequenceWidth(trials: Int, expected: Double) {
    let sequence = ConfidenceSequence.interval(successes: trials / 2, trials: trials)
    let once = ProportionInterval(successes: trials / 2, trials: trials)
    let ratio = (sequence.high - sequence.low) / (once.high - once.low)
    #expect(
      abs(ratio - expected) <= 0.06, "the exact interval for one look is wider by 3 % at 1,000")
  }

  @Test("Before the first trial nothing is excluded")
  func sequenceStart() {
    let interval = ConfidenceSequence.interval(successes: 0, trials: 0)
    #expect(interval.low == 0 && interval.high == 1)
  }
}
