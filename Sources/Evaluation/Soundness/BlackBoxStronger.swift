// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics

/// Row 4, on the sample: an attack without gradients must not break what was left standing.
struct BlackBoxStronger: SampleCheck {
  let row = SoundnessRow.blackBox

  func measure(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> SoundnessFinding {
    guard let blackBox = probe.blackBox else {
      return .leftOut(
        row, threshold: SuspectShare.tolerated, because: "no attack without gradients is at hand")
    }
    let count = budget.examples(
      probe.sample.count, costing: Double(blackBox.queries + 1) / 2, share: 0.1)
    guard count > 0 else {
      return .leftOut(
        row, threshold: SuspectShare.tolerated, because: "no example could be afforded")
    }
    let found = try probe.newlyBroken(count) { batch in
      try blackBox.attack.perturb(
        batch, within: probe.threat, against: probe.victim(batch.count),
        random: probe.random.split("black-box"))
    }
    return found.finding(
      row, "\(blackBox.name) broke, among those left standing,",
      remedy: "the gradients are masked; judge by the suite standard and a transfer attack")
  }
}
