// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Statistics

/// Row 6: what is broken in a small ball is broken in every larger one.
struct RisingWithEpsilon {
  private static let row = SoundnessRow.rising

  /// Compares two evaluations of one variant, example by example.
  ///
  /// - Parameters:
  ///   - smaller: The outcomes of all attacks in the smaller ball.
  ///   - larger: The outcomes of all attacks in the larger ball.
  /// - Returns: A note where single examples rose; more where the accuracy itself did.
  static func finding(smaller: [[Outcome]], larger: [[Outcome]]) -> SoundnessFinding {
    let (small, large) = (robust(smaller), robust(larger))
    let examples = small.keys.filter { large[$0] != nil }.sorted()
    guard !examples.isEmpty else {
      return .leftOut(row, threshold: 0, because: "there are no examples in common")
    }
    let counts = PairedCounts(
      base: examples.map { small[$0] == true }, head: examples.map { large[$0] == true })
    let rose = SuspectShare(count: counts.headOnly, sample: examples.count)
    let severity: SoundnessFlag.Severity? =
      counts.headOnly == 0
      ? nil
      : counts.differenceLowerBound(level: SuspectShare.level) > SuspectShare.tolerated
        ? .blocking : rose.severity == nil ? .note : .warning
    return SoundnessFinding(
      row, value: rose.value, threshold: 0, sample: examples.count, severity: severity,
      message: counts.headOnly == 0
        ? "none of \(examples.count) examples is broken in the smaller ball and not in the larger"
        : "broken in the smaller ball and not in the larger are \(rose.text);"
          + " what breaks them is in both, so give the attacks more steps")
  }

  /// Whether each example is right and unbroken by every attack.
  private static func robust(_ outcomes: [[Outcome]]) -> [Int: Bool] {
    var verdicts: [Int: Bool] = [:]
    for outcome in outcomes.joined() {
      let stands = outcome.cleanCorrect && !outcome.broken
      verdicts[outcome.example] = (verdicts[outcome.example] ?? true) && stands
    }
    return verdicts
  }
}
