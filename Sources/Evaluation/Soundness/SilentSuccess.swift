// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Row 10: an attack returns an adversarial input wherever it saw one.
struct SilentSuccess: SampleCheck {
  let row = SoundnessRow.silentSuccess

  func measure(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> SoundnessFinding {
    let (silent, sample) = (probe.watched.silent, probe.watched.sample)
    guard sample > 0 else {
      return .leftOut(row, threshold: 0, because: "no gradient attack could be afforded once more")
    }
    // Every case is a proof, so chance plays no part.
    return SoundnessFinding(
      row, value: Double(silent) / Double(sample), threshold: 0, sample: sample,
      severity: silent > 0 ? .blocking : nil,
      message: silent > 0
        ? "\(silent) of \(sample) examples were seen broken by an attack that handed them back"
          + " unbroken: a bug of the attack, or a model that answers at random"
        : "of \(sample) examples no attack saw one broken without returning it")
  }
}
