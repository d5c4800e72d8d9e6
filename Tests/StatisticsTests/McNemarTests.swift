// SPDX-License-Identifier: GPL-3.0-or-later

import TestSupport
import Testing

@testable import Statistics

@Suite("McNemar's test", .timeLimit(.minutes(15)))
struct McNemarTests {
  private func counts(_ baseOnly: Int, _ headOnly: Int) -> PairedCounts {
    PairedCounts(baseOnly: baseOnly, headOnly: headOnly, both: 3, neither: 4)
  }

  @Test(
    "Gives the published p-values", .tags(.paper),
    // Design figure for 30 and 15; Fagerland et al. 2014 for 1 and 7; scipy's binomtest.
    arguments: [
      (30, 15, 0.0357, 0.0259), (1, 7, 0.0703, 0.0391), (6, 16, 0.0525, 0.0347),
      (10, 0, 0.00195, 0.00098),
    ])
  func published(baseOnly: Int, headOnly: Int, exact: Double, mid: Double) {
    let table = counts(baseOnly, headOnly)
    #expect(abs(table.exactP - exact) <= 5e-5, "printed to four places")
    #expect(abs(table.midP - mid) <= 5e-5, "printed to four places")
  }

  @Test("Is symmetric in base and head")
  func symmetric() {
    #expect(counts(4, 9).exactP == counts(9, 4).exactP)
    #expect(counts(4, 9).midP == counts(9, 4).midP)
  }

  @Test("A tie is no evidence", arguments: [0, 1, 5, 2_000])
  func tie(count: Int) {
    #expect(counts(count, count).exactP == 1)
    #expect(counts(count, count).midP == 1)
  }

  @Test("Equals the sum over all equally or less likely splits", arguments: [1, 2, 9, 30])
  func enumerated(discordant: Int) {
    for baseOnly in 0...discordant {
      let table = counts(baseOnly, discordant - baseOnly)
      let fewer = min(baseOnly, discordant - baseOnly)
      let masses = (0...discordant).map { Reference.binomialMass($0, discordant, 0.5) }
      var (exact, mid) = (0.0, 0.0)
      for (split, mass) in masses.enumerated() {
        let rank = min(split, discordant - split)
        if rank <= fewer { exact += mass }
        if rank < fewer { mid += mass } else if rank == fewer { mid += mass / 2 }
      }
      #expect(abs(table.exactP - exact) <= 1e-12)
      if 2 * baseOnly != discordant { #expect(abs(table.midP - mid) <= 1e-12) }
    }
  }

  @Test(
    "False alarms of the exact test stay below alpha, of the mid-p test near it",
    arguments: [20, 60, 200])
  func falseAlarms(discordant: Int) {
    var (exact, mid) = (0.0, 0.0)
    for baseOnly in 0...discordant {
      let table = counts(baseOnly, discordant - baseOnly)
      let mass = Reference.binomialMass(baseOnly, discordant, 0.5)
      if table.exactP <= 0.05 { exact += mass }
      if table.midP <= 0.05 { mid += mass }
    }
    #expect(exact <= 0.05)
    #expect(mid >= exact && abs(mid - 0.05) <= 0.0151, "lattice of few outcomes")
  }

  @Test("Counts two lists of verdicts")
  func countsVerdicts() {
    let table = PairedCounts(
      base: [true, true, true, false, false, false], head: [true, false, false, true, false, false])
    #expect(table == PairedCounts(baseOnly: 2, headOnly: 1, both: 1, neither: 2))
    #expect(table.total == 6 && table.discordant == 3)
    #expect(abs(table.difference - -1.0 / 6) <= 1e-15)
  }
}
