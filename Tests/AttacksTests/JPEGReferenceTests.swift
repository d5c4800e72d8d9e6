// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Statistics
import Testing
import Torch

@testable import Attacks

@Suite("JPEG against the standard's formulas", .timeLimit(.minutes(15)))
struct JPEGReferenceTests {
  /// Annex A.3.3 of T.81, term by term.
  private func transform(_ block: [Double]) -> [Double] {
    func weight(_ frequency: Int) -> Double { frequency == 0 ? 1 / 2.0.squareRoot() : 1 }
    return (0..<64).map { place in
      let (v, u) = (place / 8, place % 8)
      var sum = 0.0
      for y in 0..<8 {
        for x in 0..<8 {
          sum +=
            block[y * 8 + x] * cos(Double(2 * x + 1) * Double(u) * .pi / 16)
            * cos(Double(2 * y + 1) * Double(v) * .pi / 16)
        }
      }
      return sum * weight(u) * weight(v) / 4
    }
  }

  private func inverse(_ coefficients: [Double]) -> [Double] {
    func weight(_ frequency: Int) -> Double { frequency == 0 ? 1 / 2.0.squareRoot() : 1 }
    return (0..<64).map { place in
      let (y, x) = (place / 8, place % 8)
      var sum = 0.0
      for v in 0..<8 {
        for u in 0..<8 {
          sum +=
            weight(u) * weight(v) * coefficients[v * 8 + u]
            * cos(Double(2 * x + 1) * Double(u) * .pi / 16)
            * cos(Double(2 * y + 1) * Double(v) * .pi / 16)
        }
      }
      return sum / 4
    }
  }

  private func block(_ seed: UInt64) -> [Double] {
    let stream = RandomKey(seed: seed).split("block").stream()
    return (0..<64).map { _ in Double(stream.integer(below: 256)) }
  }

  @Test("The transform in whole numbers is the formula within a quarter")
  func transforms() {
    for seed in UInt64(0)..<20 {
      let levels = block(seed).map { $0 - 128 }
      let result = JPEGRoundTrip.transformed(Tensor(levels, shape: [1, 1, 1, 8, 1, 8]))
        .elements(of: Double.self)
      for (value, truth) in zip(result, transform(levels)) {
        #expect(abs(value / 8 - truth) < 0.25, "an eighth, and the rounding between the passes")
      }
    }
  }

  @Test("A block loses what the formulas say", arguments: [95, 50, 20])
  func roundTrip(quality: Int) {
    let table = JPEGRoundTrip.scaled(JPEGRoundTrip.luminance, quality: quality)
    var compared = 0
    for seed in UInt64(0)..<20 {
      let levels = block(seed)
      let steps = zip(transform(levels.map { $0 - 128 }), table).map { $0 / Double($1) }
      // Whichever side a coefficient in the middle falls to is right; such blocks prove nothing.
      let isClear = zip(steps, table).allSatisfy {
        abs(abs($0 - $0.rounded(.down)) - 0.5) > 0.25 / Double($1)
      }
      guard isClear || quality == 95 else { continue }
      let kept = zip(steps, table).map { $0.rounded() * Double($1) }
      let truth = inverse(kept).map { min(max(($0 + 128).rounded(), 0), 255) }
      let images = Tensor(levels.map { Float($0 / 255) }, shape: [1, 1, 8, 8])
      let result = JPEGRoundTrip(quality: quality).applied(to: images)
        .elements(of: Float.self).map { Double($0) * 255 }
      let worst = zip(result, truth).map { abs($0 - $1) }.max() ?? .infinity
      #expect(worst < (isClear ? 1.01 : 12), "a level where a half was rounded")
      compared += 1
    }
    #expect(compared >= 3)
  }

  @Test("Tables are those of annex K, scaled as the Independent JPEG Group scales them")
  func tables() {
    #expect(JPEGRoundTrip.scaled(JPEGRoundTrip.luminance, quality: 50) == JPEGRoundTrip.luminance)
    #expect(JPEGRoundTrip.scaled([16, 99], quality: 100) == [1, 1])
    #expect(JPEGRoundTrip.scaled([16, 99], quality: 75) == [8, 50])
    #expect(JPEGRoundTrip.scaled([16, 99], quality: 10) == [80, 255])
  }

  @Test("An even image of one level comes back")
  func evenImages() {
    for level in [0, 128, 255] {
      let images = Tensor(repeating: Double(level) / 255, shape: [1, 3, 11, 17])
      let result = JPEGRoundTrip(quality: 50).applied(to: images).elements(of: Float.self)
      #expect(result.allSatisfy { abs(Double($0) * 255 - Double(level)) < 1.01 }, "\(level)")
    }
  }
}
