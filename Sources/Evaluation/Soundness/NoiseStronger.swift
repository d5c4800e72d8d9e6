// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import RobustCore
import Statistics

/// Row 11: random noise in the same ball must not break what the attacks left standing.
struct NoiseStronger: SampleCheck {
  let row = SoundnessRow.noise

  private static let attempts = 50

  func measure(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> SoundnessFinding {
    guard probe.threat.norm != .l0 else {
      return .leftOut(row, threshold: SuspectShare.tolerated, because: "no noise is bound by l0")
    }
    let count = budget.examples(
      probe.sample.count, costing: Double(Self.attempts + 1) / 2, share: 0.06)
    let found = try probe.newlyBroken(count) { batch in
      try Noise(.uniform, attempts: Self.attempts).perturb(
        batch, within: probe.threat, against: probe.victim(batch.count),
        random: probe.random.split("noise"))
    }
    return found.finding(
      row, "\(Self.attempts) draws of uniform noise broke, among those left standing,",
      remedy: "the attacks are weaker than chance; add square and check the gradients")
  }
}
