// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import Testing

@Suite("Fixed decimals", .timeLimit(.minutes(15)))
struct FixedDecimalTests {
  @Test(
    "Known values",
    arguments: [
      (0.0, 3, "0.000"), (-0.0, 2, "0.00"), (0.125, 2, "0.12"), (0.375, 2, "0.38"),
      (0.5, 0, "0"), (1.5, 0, "2"), (-0.0004, 3, "0.000"), (-0.0006, 3, "-0.001"),
      (0.9996, 3, "1.000"), (1234.5, 1, "1234.5"), (0.285, 2, "0.28"),
      (5e-300, 15, "0.000000000000000"),
      (9_007_199_254_740_992, 1, "9007199254740992.0"), (1e18, 2, "1000000000000000000.00"),
    ])
  func knownValues(value: Double, decimals: Int, text: String) {
    #expect(value.fixed(decimals) == text)
  }

  @Test(
    "A difference carries its sign, zero none",
    arguments: [(0.0104, "+0.010"), (-0.0104, "-0.010"), (0.0004, "0.000"), (-0.0004, "0.000")])
  func signed(value: Double, text: String) {
    #expect(value.fixed(3, signed: true) == text)
  }

  @Test(
    "What is no number is named",
    arguments: [(Double.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf")])
  func notNumbers(value: Double, text: String) {
    #expect(value.fixed(3) == text)
  }

  @Test("Agrees with printf wherever the result is not a negative zero", arguments: 0...12)
  func agreesWithPrintf(decimals: Int) {
    // Bit patterns spread by a linear congruence: all exponents, both signs.
    var bits: UInt64 = 0x9E37_79B9_7F4A_7C15
    var compared = 0
    for _ in 0..<4000 {
      bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let wide = Double(bitPattern: bits)
      let narrow = Double(Int64(bitPattern: bits) >> 20) / 4096 / 1000
      for value in [wide, narrow] where value.isFinite && value.magnitude < 0x1p63 {
        let expected = String(format: "%.\(decimals)f", value)
        guard !(expected.hasPrefix("-") && Double(expected) == 0) else { continue }
        compared += 1
        #expect(value.fixed(decimals) == expected, "\(value)")
      }
    }
    #expect(compared > 5000)
  }

  @Test("An estimate prints value, interval and sample size")
  func estimate() {
    let estimate = Estimate(value: 0.412, low: 0.38127, high: 0.44322)
    #expect(estimate.text(examples: 1000) == "0.412 [0.381, 0.443] (n = 1000)")
    #expect(estimate.text(decimals: 1) == "0.4 [0.4, 0.4]")
  }
}
