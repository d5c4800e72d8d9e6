// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Statistics

/// What one check measured, also where all is well.
struct SoundnessFinding: Codable, Sendable, Hashable {
  /// The check's name.
  let check: String
  /// What was measured.
  let value: Double
  /// The bound that the value must keep to.
  let threshold: Double
  /// Examples that the value was measured on; none where the check was left out.
  let sample: Int
  /// How much it weighs that the bound was passed; nil where it was kept.
  let severity: SoundnessFlag.Severity?
  /// One plain sentence.
  let message: String

  init(
    _ row: SoundnessRow, value: Double, threshold: Double, sample: Int,
    severity: SoundnessFlag.Severity?, message: String
  ) {
    check = row.check
    self.value = value
    self.threshold = threshold
    self.sample = sample
    self.severity = severity
    self.message = message
  }

  /// A check that could not be made, and why.
  static func leftOut(_ row: SoundnessRow, threshold: Double, because reason: String) -> Self {
    SoundnessFinding(
      row, value: 0, threshold: threshold, sample: 0, severity: nil,
      message: "not checked: \(reason)")
  }

  /// What a report says of it.
  var record: CheckRecord {
    CheckRecord(
      check: check, value: value, threshold: threshold, sample: sample, severity: severity,
      message: message)
  }
}

/// A share of examples on which something was seen that should not be there.
struct SuspectShare {
  /// The confidence of every one-sided bound.
  static let level = 0.95
  /// What may come about by chance: two examples of a thousand.
  static let tolerated = 0.002
  /// Beyond it the number is not too high by a little, but wrong.
  static let unbelievable = 0.02

  let count: Int
  let sample: Int

  var value: Double { sample == 0 ? 0 : Double(count) / Double(sample) }

  /// The share that the true one exceeds with confidence.
  var lowerBound: Double {
    sample == 0
      ? 0 : ProportionInterval.lowerBound(successes: count, trials: sample, level: Self.level)
  }

  /// A warning beyond what chance explains, and blocking beyond belief.
  var severity: SoundnessFlag.Severity? {
    if lowerBound > Self.unbelievable { return .blocking }
    return lowerBound > Self.tolerated ? .warning : nil
  }

  /// Such as `3 of 64 (0.047, with 95 % confidence more than 0.013)`.
  var text: String {
    "\(count) of \(sample) examples (\(value.fixed(3)), with 95 % confidence more than"
      + " \(lowerBound.fixed(4)))"
  }

  /// The finding of a check that looks for examples which the evaluation wrongly left standing.
  ///
  /// - Parameters:
  ///   - row: The check.
  ///   - deed: What happened to the examples, as in "noise broke".
  ///   - remedy: What to do.
  /// - Returns: The finding, flagged where the bound lies beyond what is tolerated.
  func finding(_ row: SoundnessRow, _ deed: String, remedy: String) -> SoundnessFinding {
    guard sample > 0 else {
      return .leftOut(row, threshold: Self.tolerated, because: "no example could be afforded")
    }
    let flagged = severity
    return SoundnessFinding(
      row, value: value, threshold: Self.tolerated, sample: sample, severity: flagged,
      message: "\(deed) \(text)" + (flagged == nil ? "" : "; \(remedy)"))
  }
}
