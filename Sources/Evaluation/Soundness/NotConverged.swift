// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Row 9: at the end of an attack the loss should no longer rise.
struct NotConverged: SampleCheck {
  let row = SoundnessRow.notConverged

  private static let threshold = 0.05
  /// Examples on which twice the steps must have failed before the movement may be called harmless.
  private static let enough = 32

  func measure(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> SoundnessFinding {
    // The evaluation is as strong as its strongest attack.
    let calmest = probe.watched.lateChanges.map { (name: $0.key, Self.mean($0.value), $0.value) }
      .min { ($0.1, $0.name) < ($1.1, $1.name) }
    guard let (name, mean, changes) = calmest else {
      return .leftOut(
        row, threshold: Self.threshold, because: "no iterated attack left an example standing")
    }
    let isMoving = changes.count > 1 && mean - Self.error(changes) > Self.threshold
    let percent = (mean * 100).fixed(1)
    return SoundnessFinding(
      row, value: mean, threshold: Self.threshold, sample: changes.count,
      severity: isMoving ? (doublingIsVain(probe) ? .note : .warning) : nil,
      message: "in the last steps of \(name) the margin of \(changes.count) standing examples rose"
        + " by \(percent) % of its whole rise"
        + (isMoving ? "; give the attack more steps" : ""))
  }

  /// Whether twice the steps, tried on examples enough, broke none.
  private func doublingIsVain(_ probe: ProbeSetting) -> Bool {
    guard let longer = probe.longer else { return false }
    return longer.value == 0 && longer.sample >= Self.enough
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  /// How far the mean may lie above the true one, with 95 % confidence, by the normal law.
  private static func error(_ values: [Double]) -> Double {
    let mean = mean(values)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return 1.645 * (squares / Double(values.count - 1) / Double(values.count)).squareRoot()
  }
}
