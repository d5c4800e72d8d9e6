// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Statistics

/// A distribution with its draw and its closed form.
private struct Scalar: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let draw: @Sendable (RandomStream) -> Double
  let distribution: @Sendable (Double) -> Double

  static let all: [Scalar] = [
    Scalar(testDescription: "uniform") {
      $0.uniform()
    } distribution: {
      $0
    },
    Scalar(testDescription: "uniform in a range") {
      $0.uniform(in: -2..<6)
    } distribution: {
      ($0 + 2) / 8
    },
    Scalar(testDescription: "normal") {
      $0.normal(mean: 3, sigma: 2)
    } distribution: {
      Reference.normal(($0 - 3) / 2)
    },
    Scalar(testDescription: "exponential") {
      $0.exponential(mean: 0.5)
    } distribution: {
      1 - exp(-2 * $0)
    },
    Scalar(testDescription: "Laplace") {
      $0.laplace(scale: 3)
    } distribution: {
      $0 < 0 ? exp($0 / 3) / 2 : 1 - exp(-$0 / 3) / 2
    },
  ]
}

/// A vectorised fill with its closed form.
private struct Fill: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let fill: @Sendable (RandomStream, UnsafeMutableBufferPointer<Float>) -> Void
  let distribution: @Sendable (Double) -> Double

  static let all: [Fill] = [
    Fill(testDescription: "uniform") {
      $0.fillUniform($1, low: -1, high: 3)
    } distribution: {
      ($0 + 1) / 4
    },
    Fill(testDescription: "normal") {
      $0.fillNormal($1, mean: -1, sigma: 0.5)
    } distribution: {
      Reference.normal(($0 + 1) / 0.5)
    },
    Fill(testDescription: "Laplace") {
      $0.fillLaplace($1, scale: 2)
    } distribution: {
      $0 < 0 ? exp($0 / 2) / 2 : 1 - exp(-$0 / 2) / 2
    },
    Fill(testDescription: "LInf ball") {
      $0.fillLInfBall($1, radius: 0.1)
    } distribution: {
      ($0 + 0.1) / 0.2
    },
  ]
}

@Suite("Distributions", .timeLimit(.minutes(15)))
struct DistributionTests {
  @Test("Draws follow the closed form", arguments: Scalar.all)
  private func scalarsFollow(_ scalar: Scalar) {
    let stream = RandomKey(seed: 11).split(scalar.testDescription).stream()
    let samples = (0..<10_000).map { _ in scalar.draw(stream) }
    #expect(Reference.kolmogorovSmirnov(samples, scalar.distribution) < 1.95)
  }

  @Test("Filled values follow the closed form", arguments: Fill.all)
  private func fillsFollow(_ fill: Fill) {
    let stream = RandomKey(seed: 12).split(fill.testDescription).stream()
    var values = [Float](repeating: .nan, count: 10_000)
    values.withUnsafeMutableBufferPointer { fill.fill(stream, $0) }
    #expect(Reference.kolmogorovSmirnov(values.map(Double.init), fill.distribution) < 1.95)
  }

  @Test("The normal tail is there: four standard deviations are reached as often as they should")
  func tailIsReached() {
    let stream = RandomKey(seed: 13).stream()
    var values = [Float](repeating: 0, count: 1_000_000)
    values.withUnsafeMutableBufferPointer { stream.fillNormal($0) }
    var beyond = 0
    for value in values where value.magnitude > 4 { beyond += 1 }
    // 63.3 expected; a Poisson count within four of its standard deviations.
    #expect(abs(Double(beyond) - 63.3) < 4 * 63.3.squareRoot())
  }

  @Test(
    "A uniform fill stays between its ends, also where Float rounds",
    arguments: [0.1, 8.0 / 255] as [Float])
  func uniformFillStaysInside(radius: Float) {
    let stream = RandomKey(seed: 14).stream()
    var values = [Float](repeating: .nan, count: 50_000)
    values.withUnsafeMutableBufferPointer { stream.fillUniform($0, low: -radius, high: radius) }
    #expect(values.allSatisfy { $0.magnitude <= radius })
    values.withUnsafeMutableBufferPointer { stream.fillUniform($0, low: radius, high: radius) }
    #expect(values.allSatisfy { $0 == radius })
  }

  @Test("A draw from a half-open range never is its end, also where doubles round")
  func rangesStayOpen() {
    let stream = RandomKey(seed: 22).stream()
    for _ in 0..<1_000 { #expect(stream.uniform(in: 1..<1.0.nextUp) == 1) }
  }

  @Test("Signs are fair and of one size")
  func signsAreFair() {
    let stream = RandomKey(seed: 15).stream()
    var values = [Float](repeating: .nan, count: 40_000)
    values.withUnsafeMutableBufferPointer { stream.fillSigns($0, size: 0.25) }
    #expect(values.allSatisfy { $0.magnitude == 0.25 })
    #expect(abs(values.count(where: { $0 > 0 }) - 20_000) < 4 * 100)
  }

  @Test("Whole numbers below a bound are equally likely", arguments: [2, 7, 10, 100])
  func integersAreUniform(bound: Int) {
    let stream = RandomKey(seed: 16).split(bound).stream()
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<20_000 { counts[stream.integer(below: bound)] += 1 }
    #expect(abs(Reference.chiSquareScore(counts)) < 4)
  }

  @Test("The whole width of a bound is reached")
  func integersReachTheirBound() {
    let stream = RandomKey(seed: 17).stream()
    #expect(stream.integer(below: 1) == 0)
    let large = (0..<1_000).map { _ in stream.integer(below: Int(UInt32.max)) }
    #expect((large.max() ?? 0) > 4_200_000_000)
  }

  @Test("All orders of four are equally likely")
  func permutationsAreUniform() {
    let stream = RandomKey(seed: 18).stream()
    var counts: [[Int]: Int] = [:]
    for _ in 0..<12_000 { counts[stream.permutation(4), default: 0] += 1 }
    #expect(counts.count == 24)
    #expect(abs(Reference.chiSquareScore(Array(counts.values))) < 4)
  }

  @Test("An order holds every number once", arguments: [0, 1, 2, 60_000])
  func permutationsAreComplete(count: Int) {
    #expect(RandomKey(seed: 19).stream().permutation(count).sorted() == Array(0..<count))
  }

  @Test("All pairs of five are equally likely, in rising order")
  func choicesAreUniform() {
    let stream = RandomKey(seed: 20).stream()
    var counts: [[Int]: Int] = [:]
    for _ in 0..<10_000 { counts[stream.choose(2, of: 5), default: 0] += 1 }
    #expect(counts.count == 10)
    #expect(counts.keys.allSatisfy { $0[0] < $0[1] })
    #expect(abs(Reference.chiSquareScore(Array(counts.values))) < 4)
    #expect(stream.choose(3, of: 3) == [0, 1, 2])
    #expect(stream.choose(0, of: 3).isEmpty)
  }

  @Test("A biased coin and its count have the right mean", arguments: [0, 0.2, 0.5, 1])
  func coinsAreBiased(probability: Double) {
    let stream = RandomKey(seed: 21).stream()
    let spread = 4 * (probability * (1 - probability) * 10_000).squareRoot()
    let heads = (0..<10_000).count(where: { _ in stream.bernoulli(probability) })
    #expect(abs(Double(heads) - 10_000 * probability) <= spread)
    let counts = (0..<100).map { _ in stream.binomial(trials: 100, probability: probability) }
    #expect(abs(Double(counts.reduce(0, +)) - 10_000 * probability) <= spread)
  }
}
