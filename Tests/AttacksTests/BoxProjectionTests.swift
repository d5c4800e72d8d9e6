// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Attacks

/// The nearest point of the l1 ball and the range, by halving the interval of the threshold.
private func slowProjection(_ point: [Double], center: [Double], epsilon: Double) -> [Double] {
  func moved(_ threshold: Double) -> [Double] {
    zip(point, center).map { point, center in
      let movement = point - center
      let room = movement > 0 ? 1 - center : center
      let length = min(max(abs(movement) - threshold, 0), room)
      return movement < 0 ? -length : length
    }
  }
  func length(_ threshold: Double) -> Double { moved(threshold).reduce(0) { $0 + abs($1) } }
  var (low, high) = (0.0, zip(point, center).map { abs($0 - $1) }.max() ?? 0)
  if length(0) <= epsilon { high = 0 }
  for _ in 0..<200 {
    let middle = (low + high) / 2
    if length(middle) > epsilon { low = middle } else { high = middle }
  }
  return zip(center, moved(high)).map(+)
}

@Suite("Projection onto the l1 ball and the range", .tags(.law), .timeLimit(.minutes(15)))
struct BoxProjectionTests {
  @Test(
    "It is the nearest point of both together",
    arguments: [0.01, 0.5, 5, 40, 1000], [Float(0.05), 0.5, 3])
  func isNearest(epsilon: Double, spread: Float) throws {
    let centers = Tensor(shape: [6, 3, 8, 8]) { (values: UnsafeMutableBufferPointer<Float>) in
      let stream = RandomKey(seed: 3).split("centers").stream()
      stream.fillUniform(values, low: 0, high: 1)
      // Some pixels lie at the ends of the range, where there is no room on one side.
      for index in stride(from: 0, to: values.count, by: 5) {
        values[index] = values[index].rounded()
      }
    }
    let points = centers + Tensor.normal([6, 3, 8, 8], sigma: spread, seed: 4)
    let threat = ThreatModel(norm: .l1, epsilon: try #require(Epsilon("\(epsilon)")))
    let ball = Ball(threat, around: centers, inputRange: 0...1)
    let found = ball.projected(points).exampleValues
    for (row, expected) in zip(points.exampleValues, centers.exampleValues).map({
      slowProjection($0, center: $1, epsilon: epsilon)
    }).enumerated() {
      let error = zip(found[row], expected).map { abs($0 - $1) }.max() ?? 1
      #expect(error <= 2e-6 * max(1, epsilon), "row \(row): \(error)")
      let length = zip(found[row], centers.exampleValues[row]).reduce(0) { $0 + abs($1.0 - $1.1) }
      #expect(length <= epsilon * (1 + 1e-6))
    }
  }
}

@Suite("Resized inputs", .tags(.law), .timeLimit(.minutes(15)))
struct ResizingTests {
  private let indices = [3, 8, 1]
  private let shape = [3, 2, 9, 7]

  @Test("The adjoint carries every inner product back")
  func adjoint() {
    let map = Resizing(indices, shape: shape, chance: 1, RandomKey(seed: 1))
    let (images, gradient) = (
      Tensor.normal(shape, sigma: 1, seed: 5), Tensor.normal(shape, sigma: 1, seed: 6)
    )
    let left = (map.applied(to: images) * gradient).sum.scalar
    let right = (images * map.adjoint(gradient)).sum.scalar
    #expect(abs(left - right) <= 1e-4 * abs(left) && abs(left) > 0.1)
  }

  @Test("Without a chance nothing is resized, with one a constant image stays constant inside")
  func values() {
    let images = Tensor.normal(shape, sigma: 1, seed: 5)
    let none = Resizing(indices, shape: shape, chance: 0, RandomKey(seed: 1)).applied(to: images)
    #expect(none.elements(of: Float.self) == images.elements(of: Float.self))
    let ones = Tensor(repeating: 1, shape: [20, 1, 28, 28])
    let resized = Resizing(Array(0..<20), shape: ones.shape, chance: 1, RandomKey(seed: 1))
      .applied(to: ones)
    let values = resized.elements(of: Float.self)
    #expect(values.allSatisfy { $0 == 0 || abs($0 - 1) <= 1e-6 })
    #expect(values.contains(0) && values.contains { $0 > 0.5 })
  }
}
