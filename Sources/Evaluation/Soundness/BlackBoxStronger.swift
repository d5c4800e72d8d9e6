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
      probe.direct.sample, costing: Double(blackBox.queries + 1) / 2, share: 0.1)
    guard count > 0 else {
      return .leftOut(
        row, threshold: SuspectShare.tolerated, because: "no example could be afforded")
    }
    let broken = try probe.broken(count) { batch in
      try blackBox.attack.perturb(
        batch, within: probe.threat, against: probe.victim(batch.count),
        random: probe.random.split("black-box"))
    }
    return finding(broken, of: count, probe, blackBox.name)
  }

  /// What a gradient attack on the margin breaks too shows weak attacks, not masked gradients.
  private func finding(
    _ broken: [Bool], of count: Int, _ probe: ProbeSetting, _ name: String
  ) -> SoundnessFinding {
    let masked = SuspectShare(
      count: broken.indices.count { broken[$0] && !probe.direct.isBroken[$0] }, sample: count)
    let found = SuspectShare(count: broken.count(where: \.self), sample: count)
    let severity: SoundnessFlag.Severity? = found.severity.map { _ in
      masked.severity == .blocking ? .blocking : .warning
    }
    return SoundnessFinding(
      row, value: found.value, threshold: SuspectShare.tolerated, sample: count,
      severity: severity,
      message: "\(name) broke, among those left standing, \(found.text), \(masked.count) of them"
        + " beyond the reach of a gradient attack on the margin"
        + (severity == nil ? "" : "; judge by the suite standard and a transfer attack"))
  }
}
