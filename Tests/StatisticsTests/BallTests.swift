// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Statistics

/// A ball or sphere: how to draw a point and how to measure it.
private enum Shape: String, CaseIterable {
  case linfBall, linfSphere, l2Ball, l2Sphere, l1Ball, l1Sphere

  var isSphere: Bool { rawValue.hasSuffix("Sphere") }

  func fill(_ values: UnsafeMutableBufferPointer<Float>, radius: Float, _ stream: RandomStream) {
    switch self {
    case .linfBall: stream.fillLInfBall(values, radius: radius)
    case .linfSphere: stream.fillLInfSphere(values, radius: radius)
    case .l2Ball: stream.fillL2Ball(values, radius: radius)
    case .l2Sphere: stream.fillL2Sphere(values, radius: radius)
    case .l1Ball: stream.fillL1Ball(values, radius: radius)
    case .l1Sphere: stream.fillL1Sphere(values, radius: radius)
    }
  }

  func norm(_ values: [Float]) -> Double {
    switch self {
    case .linfBall, .linfSphere: Double(values.map(\.magnitude).max() ?? 0)
    case .l2Ball, .l2Sphere:
      values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    case .l1Ball, .l1Sphere: values.reduce(0) { $0 + Double($1.magnitude) }
    }
  }

  func points(_ count: Int, dimensions: Int, radius: Float = 1) -> [[Float]] {
    let stream = RandomKey(seed: 30).split(rawValue).split(dimensions).stream()
    return (0..<count).map { _ in
      var values = [Float](repeating: .nan, count: dimensions)
      values.withUnsafeMutableBufferPointer { fill($0, radius: radius, stream) }
      return values
    }
  }
}

@Suite("Balls and spheres", .timeLimit(.minutes(15)))
struct BallTests {
  @Test(
    "No point leaves the radius, and a sphere's points lie on it", arguments: Shape.allCases,
    [(1, 0.5), (7, 0.1), (784, 8.0 / 255), (3_072, 12)] as [(Int, Float)])
  private func normsAreExact(shape: Shape, size: (dimensions: Int, radius: Float)) {
    for point in shape.points(40, dimensions: size.dimensions, radius: size.radius) {
      let norm = shape.norm(point)
      #expect(norm <= Double(size.radius))
      if shape.isSphere { #expect(norm >= Double(size.radius) * (1 - 3e-7), "float32") }
    }
  }

  @Test(
    "The share of a ball within t of its radius is t to the power of the dimension",
    arguments: [Shape.linfBall, .l2Ball, .l1Ball], [1, 2, 3, 40])
  private func radiiAreUniform(shape: Shape, dimensions: Int) {
    let shares = shape.points(2_000, dimensions: dimensions).map {
      pow(shape.norm($0), Double(dimensions))
    }
    #expect(Reference.kolmogorovSmirnov(shares) { $0 } < 1.95)
  }

  @Test("A coordinate on the Euclidean sphere in three dimensions is uniform", arguments: 0..<3)
  func archimedes(coordinate: Int) {
    let values = Shape.l2Sphere.points(3_000, dimensions: 3).map { Double($0[coordinate]) }
    #expect(Reference.kolmogorovSmirnov(values) { ($0 + 1) / 2 } < 1.95)
  }

  @Test(
    "A share on the L1 sphere in three dimensions is Beta(1, 2) with a fair sign", arguments: 0..<3)
  func simplex(coordinate: Int) {
    let values = Shape.l1Sphere.points(3_000, dimensions: 3).map { Double($0[coordinate]) }
    let above = values.count(where: { $0 > 0 })
    #expect(abs(above - 1_500) < 4 * 28)
    let sizes = values.map(\.magnitude)
    #expect(Reference.kolmogorovSmirnov(sizes) { 1 - (1 - $0) * (1 - $0) } < 1.95)
  }

  @Test("Every face of the cube is hit equally often")
  func facesAreFair() {
    var counts = [Int](repeating: 0, count: 10)
    for point in Shape.linfSphere.points(4_000, dimensions: 5) {
      for (index, value) in point.enumerated() where value.magnitude == 1 {
        counts[2 * index + (value > 0 ? 1 : 0)] += 1
      }
    }
    #expect(counts.reduce(0, +) == 4_000)
    #expect(abs(Reference.chiSquareScore(counts)) < 4)
  }

  @Test("Radius zero and no values at all are served", arguments: Shape.allCases)
  private func degenerateSizes(shape: Shape) {
    #expect(shape.points(1, dimensions: 3, radius: 0)[0].allSatisfy { $0 == 0 })
    #expect(shape.points(1, dimensions: 0)[0].isEmpty)
  }
}
