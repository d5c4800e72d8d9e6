// SPDX-License-Identifier: GPL-3.0-or-later

import TestSupport
import Testing

@testable import Attacks

@Suite("Checkpoints of APGD", .tags(.paper), .timeLimit(.minutes(15)))
struct CheckpointTests {
  /// From p₀ = 0, p₁ = 0.22, pⱼ₊₁ = pⱼ + max(pⱼ − pⱼ₋₁ − 0.03, 0.06) by hand, in hundredths:
  /// 22, 41, 57, 70, 80, 87, 93, 99; a checkpoint is the share of the steps, rounded up.
  @Test(
    "They are those of the paper's section 3",
    arguments: [
      100: [22, 41, 57, 70, 80, 87, 93, 99],
      50: [11, 21, 29, 35, 40, 44, 47, 50],
      20: [5, 9, 12, 14, 16, 18, 19, 20],
      10: [3, 5, 6, 7, 8, 9, 10, 10],
      1: [1, 1, 1, 1, 1, 1, 1, 1],
      1_000: [220, 410, 570, 700, 800, 870, 930, 990],
    ])
  func areThePapers(steps: Int, expected: [Int]) {
    // Two that fall on one step are one.
    let found = AscentPath.checkpoints(steps)
    #expect(found == expected.reduce(into: []) { if $0.last != $1 { $0.append($1) } })
  }
}
