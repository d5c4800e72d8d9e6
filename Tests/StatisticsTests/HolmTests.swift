// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Statistics

@Suite("Holm's correction", .timeLimit(.minutes(15)))
struct HolmTests {
  @Test(
    "Adjusts as by hand, in the given order",
    arguments: [
      ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]), ([0.2], [0.2]), ([], []),
      ([0.5, 0.6], [1, 1]), ([0.02, 0.02, 0.02], [0.06, 0.06, 0.06]), ([0, 1], [0, 1]),
      ([0.001, 0.9, 0.02], [0.003, 0.9, 0.04]),
    ] as [([Double], [Double])])
  func byHand(pValues: [Double], expected: [Double]) {
    let adjusted = Holm.adjusted(pValues)
    #expect(adjusted.count == expected.count)
    for (value, want) in zip(adjusted, expected) { #expect(abs(value - want) <= 1e-15) }
  }

  @Test("Keeps the order of the p-values and never lowers one", arguments: 0..<20)
  func monotone(seed: Int) {
    let stream = RandomKey(seed: 70).split(seed).stream()
    let pValues = (0..<15).map { _ in stream.uniform() * stream.uniform() }
    let adjusted = Holm.adjusted(pValues)
    for first in pValues.indices {
      #expect(adjusted[first] >= pValues[first] && adjusted[first] <= 1)
      for second in pValues.indices where pValues[first] < pValues[second] {
        #expect(adjusted[first] <= adjusted[second])
      }
    }
  }

  @Test("Keeps the chance of any false rejection at alpha in ten thousand experiments")
  func familyWiseError() {
    let stream = RandomKey(seed: 71).stream()
    var rejections = 0
    for _ in 0..<10_000 {
      let adjusted = Holm.adjusted((0..<5).map { _ in stream.uniform() })
      if adjusted.contains(where: { $0 <= 0.05 }) { rejections += 1 }
    }
    // One minus 0.99 to the fifth power is 0.0490; four standard deviations are 86.
    #expect(abs(rejections - 490) <= 86)
  }
}
