// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Statistics

@Suite("Security curves", .timeLimit(.minutes(15)))
struct SecurityCurveTests {
  @Test("The area is that of the rectangles and trapezoids by hand")
  func area() throws {
    let curve = try #require(SecurityCurve(radii: [0, 1, 3], accuracies: [1, 0.5, 0.25]))
    #expect(curve.area(.lower) == 1.0)
    #expect(curve.area(.linear) == 1.5)
    #expect(curve.area(.upper) == 2.0)
    #expect(curve.area() == 1.5)
  }

  @Test("A single point has no area")
  func singlePoint() throws {
    let curve = try #require(SecurityCurve(radii: [0.1], accuracies: [0.7]))
    #expect(SecurityCurve.Course.allCases.allSatisfy { curve.area($0) == 0 })
    #expect(curve.accuracy(at: 0.1) == 0.7)
  }

  @Test("Reads between the points, and nothing outside")
  func reads() throws {
    let curve = try #require(SecurityCurve(radii: [1, 2, 4], accuracies: [1, 0.5, 0.5]))
    #expect(curve.accuracy(at: 1) == 1)
    #expect(curve.accuracy(at: 1.5) == 0.75)
    #expect(curve.accuracy(at: 3) == 0.5)
    #expect(curve.accuracy(at: 4) == 0.5)
    #expect(curve.accuracy(at: 0.5) == nil)
    #expect(curve.accuracy(at: 4.5) == nil)
  }

  @Test(
    "What is no security curve is refused",
    arguments: [
      ([], []), ([0, 1], [1]), ([0, 0], [1, 1]), ([1, 0], [1, 0]), ([-1, 0], [1, 0]),
      ([0, 1], [0.5, 0.6]), ([0], [1.5]), ([0, .infinity], [1, 0]), ([0, 1], [1, .nan]),
    ] as [([Double], [Double])])
  func refused(radii: [Double], accuracies: [Double]) {
    #expect(SecurityCurve(radii: radii, accuracies: accuracies) == nil)
  }

  @Test(
    "The median distance is known only where half of the examples were broken",
    arguments: [
      ([3, 1, 2], 2), ([4, 1, 2, 3], 2.5), ([1, nil, 2], 2), ([nil, 1, nil], nil),
      ([1, 2, nil, nil], nil), ([1, 2, 3, nil], 2.5), ([nil], nil), ([0, 0, 5], 0),
    ] as [([Double?], Double?)])
  func median(distances: [Double?], expected: Double?) {
    #expect(CensoredDistances(distances).median == expected)
  }

  @Test("Robust accuracy counts what lies beyond the radius, and its area is exact")
  func distances() {
    let distances = CensoredDistances([0, 0.25, 0.5, nil])
    #expect(distances.count == 4 && distances.unbroken == 1)
    #expect(distances.robustAccuracy(at: 0) == 0.75)
    #expect(distances.robustAccuracy(at: 0.25) == 0.5)
    #expect(distances.robustAccuracy(at: 9) == 0.25)
    #expect(distances.area(upTo: 1) == (0 + 0.25 + 0.5 + 1) / 4)
    #expect(distances.area(upTo: 0.25) == (0 + 0.25 + 0.25 + 0.25) / 4)
  }

  @Test("A curve through finer and finer radii closes in on that area from both sides")
  func areasAgree() throws {
    let stream = RandomKey(seed: 110).stream()
    let distances = CensoredDistances(
      (0..<200).map { _ in stream.bernoulli(0.2) ? nil : stream.exponential() })
    let exact = distances.area(upTo: 2)
    for steps in [10, 100, 1_000] {
      let radii = (0...steps).map { 2 * Double($0) / Double(steps) }
      let curve = try #require(
        SecurityCurve(radii: radii, accuracies: radii.map { distances.robustAccuracy(at: $0) }))
      #expect(curve.area(.lower) <= exact && exact <= curve.area(.upper))
      #expect(curve.area(.upper) - curve.area(.lower) <= 2 / Double(steps))
    }
  }
}
