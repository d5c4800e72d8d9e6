// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TestSupport
import Testing

@testable import Statistics

@Suite("Interval of a median", .timeLimit(.minutes(15)))
struct MedianIntervalTests {
  @Test(
    "Takes the published ranks and has their coverage", .tags(.paper),
    // The sign test's table: rank from below, confidence at level 0.95.
    arguments: [
      (6, 1, 0.9688), (9, 2, 0.9609), (10, 2, 0.9785), (15, 4, 0.9648), (20, 6, 0.9586),
      (25, 8, 0.9567), (100, 40, 0.9648),
    ])
  func ranks(count: Int, rank: Int, coverage: Double) throws {
    let samples = RandomKey(seed: 120).stream().permutation(count).map { Double($0 + 1) }
    let interval = try #require(MedianInterval(samples: samples))
    #expect(interval.low == Double(rank))
    #expect(interval.high == Double(count + 1 - rank))
    #expect(interval.median == Double(count + 1) / 2)
    #expect(abs(interval.coverage - coverage) <= 5e-5, "printed to four places")
    #expect(interval.count == count && interval.interval.level == 0.95)
  }

  @Test("Too few samples have none", arguments: 0...5)
  func tooFew(count: Int) {
    #expect(MedianInterval(samples: [Double](repeating: 1, count: count)) == nil)
  }

  @Test("A lower level takes ranks nearer to the middle")
  func lowLevel() throws {
    // Between the second and the fourth of five: 1 - 2 * (1 + 5) / 32.
    let interval = try #require(MedianInterval(samples: [5, 3, 1, 2, 4], level: 0.5))
    #expect(interval.low == 2 && interval.high == 4 && interval.median == 3)
    #expect(abs(interval.coverage - 0.625) <= 1e-12)
    #expect(MedianInterval(samples: [7], level: 0.01) == nil)
  }

  @Test("An even number of samples has its median in the middle of two")
  func evenCount() throws {
    let interval = try #require(MedianInterval(samples: [8, 1, 2, 4, 64, 32, 16, 128]))
    #expect(interval.median == 12)
  }

  @Test("Covers at least its level in ten thousand skewed experiments", arguments: [7, 30])
  func simulatedCoverage(count: Int) throws {
    let stream = RandomKey(seed: 121).split(count).stream()
    var covered = 0
    var stated = 0.0
    for _ in 0..<10_000 {
      let samples = (0..<count).map { _ in stream.exponential() }
      let interval = try #require(MedianInterval(samples: samples))
      if interval.interval.contains(log(2)) { covered += 1 }
      stated = interval.coverage
    }
    #expect(stated >= 0.95)
    #expect(abs(Double(covered) / 10_000 - stated) <= 4 * 0.0022)
  }
}
