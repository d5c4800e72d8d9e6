// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import RobustCore
import Statistics

/// Row 7: an attack of many steps is at least as strong as a single one, example by example.
struct OneStepStronger: SampleCheck {
  let row = SoundnessRow.oneStep

  func measure(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> SoundnessFinding {
    guard probe.threat.norm != .l0 else {
      return .leftOut(row, threshold: SuspectShare.tolerated, because: "l0 has no gradient step")
    }
    let count = budget.examples(probe.sample.count, costing: 2, share: 0.03)
    let found = try probe.newlyBroken(count) { batch in
      try ProjectedGradient(steps: 1, stepSize: 1, startsRandomly: false).perturb(
        batch, within: probe.threat, against: probe.victim(batch.count),
        random: probe.random.split("one-step"))
    }
    let hadGradients = probe.attacks.contains(where: \.followsGradients)
    return found.finding(
      row, "a single gradient step broke, among those left standing,",
      remedy: hadGradients
        ? "the attacks of more steps are lost in a rough loss; add restarts, apgd-t and square"
        : "no attack of this run saw a gradient, so its number is none for those who do; add apgd-ce"
    )
  }
}
