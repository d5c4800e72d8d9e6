// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TestSupport
import Testing

@testable import Statistics

/// The generator of L'Ecuyer's paper, written down again.
private struct Taus88 {
  var s1: UInt32
  var s2: UInt32
  var s3: UInt32

  mutating func next() -> UInt32 {
    s1 = ((s1 & 0xffff_fffe) << 12) ^ (((s1 << 13) ^ s1) >> 19)
    s2 = ((s2 & 0xffff_fff8) << 4) ^ (((s2 << 2) ^ s2) >> 25)
    s3 = ((s3 & 0xffff_fff0) << 17) ^ (((s3 << 3) ^ s3) >> 11)
    return s1 ^ s2 ^ s3
  }
}

@Suite("Random streams", .timeLimit(.minutes(15)))
struct RandomStreamTests {
  @Test("The reference generator reaches the value of GSL's own test", .tags(.paper))
  func referenceIsTaus88() {
    // GSL's rng/test.c: seed 1, six draws of warm-up, then the 10,000th draw.
    var reference = Taus88(s1: 69_069, s2: 69_069 &* 69_069, s3: 69_069 &* 69_069 &* 69_069)
    for _ in 0..<6 { _ = reference.next() }
    for _ in 0..<9_999 { _ = reference.next() }
    #expect(reference.next() == 2_733_957_125)
  }

  @Test("A stream is that generator, started from the bits of its key", arguments: [0, 1, 77])
  func streamIsTaus88(seed: UInt64) {
    let key = RandomKey(seed: seed).split("reference")
    var reference = Taus88(
      s1: UInt32(key.first >> 32), s2: UInt32(truncatingIfNeeded: key.first),
      s3: UInt32(key.second >> 32))
    let stream = key.stream()
    for _ in 0..<1_000 { #expect(stream.bits() == reference.next()) }
  }

  @Test("The first draws of a stream never change", .tags(.golden))
  func firstDrawsArePinned() {
    let key = RandomKey(seed: 2024).split("attack/pgd").split(example: 41).split(restart: 3)
    let stream = key.stream()
    #expect(
      [stream.bits(), stream.bits(), stream.bits()] == [1_642_584_382, 1_979_314_917, 880_601_743])
    #expect(stream.uniform() == 0.9454823040869087)
    #expect(stream.integer(below: 1_000) == 887)
    #expect(stream.permutation(8) == [0, 6, 3, 2, 5, 1, 4, 7])
    #expect(abs(stream.normal() - 0.6277888215790853) < 1e-12)
    #expect(abs(stream.exponential() - 0.1647222089471877) < 1e-12)
    #expect(abs(stream.laplace() - 0.3474378014508216) < 1e-12)
  }

  @Test("Streams of neighbouring examples are not correlated")
  func neighboursAreIndependent() {
    let key = RandomKey(seed: 5).split("noise")
    let length = 400
    var previous = draws(length, key.split(example: 0))
    var scores: [Double] = []
    for example in 1...500 {
      let next = draws(length, key.split(example: example))
      let product = zip(previous, next).reduce(0) { $0 + ($1.0 - 0.5) * ($1.1 - 0.5) }
      // The product of two such numbers has variance 1/144.
      scores.append(product * 12 / Double(length).squareRoot())
      previous = next
    }
    #expect(Reference.kolmogorovSmirnov(scores, Reference.normal) < 1.95)
  }

  @Test("The first draws of many streams are as uniform as one stream")
  func firstDrawsAreUniform() {
    let key = RandomKey(seed: 6).split("first")
    let first = (0..<20_000).map { key.split(example: $0).stream().uniform() }
    #expect(Reference.kolmogorovSmirnov(first) { $0 } < 1.95)
    let neighbours = zip(first, first.dropFirst()).map {
      ($0 + $1).truncatingRemainder(dividingBy: 1)
    }
    #expect(Reference.kolmogorovSmirnov(neighbours) { $0 } < 1.95)
  }

  @Test("A stream outlives the mention of its key")
  func streamsLiveLongEnough() {
    var sum = 0.0
    for index in 0..<20_000 { sum += RandomKey(seed: 8).split(index).stream().uniform() }
    #expect(abs(sum / 20_000 - 0.5) < 4 * (1.0 / 12 / 20_000).squareRoot())
  }

  private func draws(_ count: Int, _ key: RandomKey) -> [Double] {
    let stream = key.stream()
    return (0..<count).map { _ in stream.uniform() }
  }
}
