// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Statistics
import Testing

@Suite("Poisson draws", .timeLimit(.minutes(15)))
struct PoissonTests {
  @Test("Counts occur as often as the formula says", arguments: [0.3, 4, 40])
  func masses(mean: Double) {
    let draws = 40_000
    let stream = RandomKey(seed: 9).split("poisson").stream()
    var counts: [Int: Int] = [:]
    for _ in 0..<draws { counts[stream.poisson(mean: mean), default: 0] += 1 }
    var mass = exp(-mean)
    for count in 0..<Int(mean + 5 * mean.squareRoot()) {
      let expected = Double(draws) * mass
      let found = Double(counts[count, default: 0])
      #expect(abs(found - expected) < 5 * expected.squareRoot() + 1, "five deviations; \(count)")
      mass *= mean / Double(count + 1)
    }
  }

  @Test("No events where none are expected")
  func zero() {
    let stream = RandomKey(seed: 9).stream()
    #expect((0..<100).allSatisfy { _ in stream.poisson(mean: 0) == 0 })
  }
}
