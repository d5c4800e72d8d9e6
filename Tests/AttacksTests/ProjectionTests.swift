// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import Testing
import Torch

@testable import Attacks

@Suite("Projections", .timeLimit(.minutes(15)))
struct ProjectionTests {
  /// The projection onto the l1 ball by bisection of the threshold, in double precision.
  private func slowProjection(_ values: [Double], radius: Double) -> [Double] {
    guard values.reduce(0, { $0 + abs($1) }) > radius else { return values }
    var (low, high) = (0.0, values.map(abs).max() ?? 0)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      let length = values.reduce(0) { $0 + max(abs($1) - middle, 0) }
      if length > radius { low = middle } else { high = middle }
    }
    return values.map { ($0 < 0 ? -1 : 1) * max(abs($0) - high, 0) }
  }

  private func ball(_ norm: Norm, _ radius: String, around center: Tensor) throws -> Ball {
    Ball(
      ThreatModel(norm: norm, epsilon: try #require(Epsilon(radius))), around: center,
      inputRange: -1000...1000)
  }

  @Test(
    "The l1 projection is that of bisection",
    arguments: [
      (1, "0.5"), (2, "1"), (7, "0.1"), (192, "10"), (192, "1e4"), (784, "12"), (784, "0.01"),
    ])
  func l1IsExact(size: Int, radius: String) throws {
    let points = Tensor.normal([6, size], sigma: 1, seed: 31)
    let ball = try ball(.l1, radius, around: points * 0)
    let found = ball.projected(points).exampleValues
    let epsilon = ball.epsilon
    for (found, point) in zip(found, points.exampleValues) {
      let expected = slowProjection(point, radius: epsilon)
      let error = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
      #expect(error <= 2e-6, "a float32 sum of \(size) terms of size one")
      #expect(found.reduce(0) { $0 + abs($1) } <= epsilon * (1 + 1e-6))
    }
  }

  @Test("Equal values share the l1 cut, and a point on the ball stays")
  func l1Ties() throws {
    let center = Tensor(repeating: 0, shape: [3, 4])
    let points = Tensor([2, -2, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0] as [Float], shape: [3, 4])
    let found = try ball(.l1, "1", around: center).projected(points).exampleValues
    for (value, sign) in zip(found[0], [1.0, -1, 1, 0]) {
      #expect(abs(value - sign / 3) <= 1e-6)
    }
    #expect(found[1] == [1, 0, 0, 0])
    #expect(found[2] == [0, 0, 0, 0])
  }

  @Test("The l2 projection scales to the radius", arguments: ["0.01", "1.5", "5"])
  func l2IsExact(radius: String) throws {
    let center = Tensor.normal([6, 192], sigma: 1, seed: 32)
    let points = center + Tensor.normal([6, 192], sigma: 1, seed: 33)
    let ball = try ball(.l2, radius, around: center)
    let found = ball.projected(points)
    for row in 0..<6 {
      let from = center.exampleValues[row]
      let step = zip(points.exampleValues[row], from).map { $0 - $1 }
      let scale = ball.epsilon / step.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for (index, value) in found.exampleValues[row].enumerated() {
        #expect(abs(value - (from[index] + step[index] * scale)) <= 5e-7, "one place at size four")
      }
    }
  }

  @Test(
    "A linf bound is the last value inside the ball",
    arguments: [("8/255", Float(0.7)), ("0.1", 0.3), ("0.3", 0.123), ("0.01", 5e-4), ("1e-9", 0.5)])
  func linfIsTight(radius: String, center: Float) throws {
    let ball = try ball(.linf, radius, around: Tensor([center], shape: [1, 1]))
    for far in [Float(-9), 9] {
      let bound = ball.projected(Tensor([far], shape: [1, 1])).elements(of: Float.self)[0]
      #expect(abs(Double(bound) - Double(center)) <= ball.epsilon)
      let beyond = far < 0 ? bound.nextDown : bound.nextUp
      #expect(abs(Double(beyond) - Double(center)) > ball.epsilon)
    }
  }

  @Test(
    "A step has its length whatever the size of the gradient, and none where that is zero",
    arguments: [Float(1e-37), 1e-30, 1e-20, 1, 1e20, 1e37])
  func stepLengths(scale: Float) throws {
    let gradient = Tensor([3, -4, 0, 0, 0, 0] as [Float], shape: [2, 3]) * Double(scale)
    for (norm, expected) in [
      (Norm.linf, [2, -2, 0]), (.l2, [1.2, -1.6, 0]), (.l1, [0, -2, 0]),
    ] as [(Norm, [Double])] {
      let step = try ball(norm, "1", around: gradient * 0)
        .steepestStep(gradient, size: 2).exampleValues
      for (found, expected) in zip(step[0], expected) { #expect(abs(found - expected) <= 1e-6) }
      #expect(step[1] == [0, 0, 0])
    }
  }
}
