// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import Torch

/// Correctly classified examples that an evaluation has dealt with, and which of them still stand.
struct SoundnessSample: Sendable {
  /// The examples, with their indices in the data set.
  let batch: Batch
  /// Whether the evaluation left the example unbroken, in the order of the batch.
  let isStanding: [Bool]
  /// The number of classes.
  let classes: Int
  /// The range of every input value.
  let inputRange: ClosedRange<Double>

  /// The most examples that are of use: all checks together look at no more.
  static let limit = 128

  init(batch: Batch, isStanding: [Bool], classes: Int, inputRange: ClosedRange<Double>) {
    precondition(batch.count == isStanding.count, "a verdict for each example")
    self.batch = batch
    self.isStanding = isStanding
    self.classes = classes
    self.inputRange = inputRange
  }

  /// Draws examples from those that an evaluation found correctly classified.
  ///
  /// - Parameters:
  ///   - examples: What was evaluated.
  ///   - outcomes: What every attack did, in lists over the same examples.
  ///   - random: Chooses the examples.
  init(of examples: Examples, outcomes: [[Outcome]], random: RandomKey) {
    var broken: Set<Int> = []
    var right: Set<Int> = []
    for outcome in outcomes.joined() {
      if outcome.cleanCorrect { right.insert(outcome.example) }
      if outcome.broken { broken.insert(outcome.example) }
    }
    let known = right.filter { $0 < examples.count }.sorted()
    let chosen = random.split("sample").stream()
      .choose(min(Self.limit, known.count), of: known.count).map { known[$0] }
    self.init(
      batch: examples.batch(chosen), isStanding: chosen.map { !broken.contains($0) },
      classes: examples.classes, inputRange: examples.inputRange)
  }

  /// Runs attacks on examples, where no evaluation has done so.
  ///
  /// - Returns: The correctly classified ones, at most ``limit``.
  static func attacked(
    _ examples: Examples, by attacks: [ResolvedExperiment.ResolvedAttack],
    on network: any Network, within threat: ThreatModel, random: RandomKey
  ) throws -> SoundnessSample {
    let judge = BlockJudge(
      network: network, examples: examples[0..<min(limit, examples.count)], threat: threat,
      mode: .worstCase, attacks: attacks, keepsAll: false, random: random, clock: { 0 })
    let result = try judge.judge(block: 0)
    return SoundnessSample(
      of: examples, outcomes: result.attacks.map(\.outcomes), random: random)
  }

  var count: Int { batch.count }

  /// The first examples of the sample.
  func prefix(_ count: Int) -> SoundnessSample {
    let rows = Array(0..<min(count, self.count))
    return SoundnessSample(
      batch: batch.rows(rows), isStanding: rows.map { isStanding[$0] }, classes: classes,
      inputRange: inputRange)
  }

  /// The examples that no attack broke.
  var standing: Batch { batch.rows(isStanding.indices.filter { isStanding[$0] }) }
}
