// SPDX-License-Identifier: GPL-3.0-or-later

import Journal
import Records
import Reporting
import Statistics

/// The verdicts of a run that is still going on, as far as a stopping rule needs them.
struct RunningVerdicts {
  /// What is known of one example in one evaluation.
  private struct Row {
    let example: Int
    let label: Int
    let clean: Bool
    let robust: Bool
  }

  private let folder: RunFolder
  private let resolved: ResolvedExperiment
  private let journal: Journal
  /// Evaluation by evaluation of the plan.
  private var rows: [[Row]]

  init(_ resolved: ResolvedExperiment, folder: RunFolder, journal: Journal) {
    self.folder = folder
    self.resolved = resolved
    self.journal = journal
    rows = resolved.plan.evaluations.map { _ in [] }
  }

  /// Takes in one more block of every evaluation, which the journal holds.
  mutating func read(block: Int) throws {
    for (index, evaluation) in resolved.plan.evaluations.enumerated() {
      guard let stored = try journal.payload(evaluation: evaluation.blocks, block: block) else {
        preconditionFailure("a round ends with a block of every evaluation")
      }
      let result = try CanonicalJSON.value(
        BlockResult.self, from: String(decoding: stored, as: UTF8.self))
      let verdicts = ExampleVerdicts(
        folder.outcomes([result], evaluation, resolved.attacks.of(evaluation)))
      rows[index] += (0..<verdicts.count).map {
        Row(
          example: verdicts.examples[$0], label: verdicts.labels[$0],
          clean: verdicts.cleanCorrect[$0], robust: verdicts.robust[$0])
      }
    }
  }

  /// The report on what was read, without attacks, checks and comparisons.
  func report(_ skeleton: Report, _ stopping: StoppingRecord) -> Report {
    var report = skeleton
    report.stopping = stopping
    let sorted = rows.map { $0.sorted { $0.example < $1.example } }
    report.evaluations = zip(resolved.plan.evaluations, sorted).map { evaluation, rows in
      EvaluationRecord(
        id: evaluation.id, variant: evaluation.variant, isolation: evaluation.isolation,
        threat: evaluation.threat, suite: resolved.plan.suite(of: evaluation), examples: rows.count,
        cleanAccuracy: share(rows.count { $0.clean }, of: rows.count),
        robustAccuracy: share(rows.count { $0.robust }, of: rows.count), attacks: [],
        verdicts: VerdictRecord(
          examples: rows.map(\.example), clean: rows.map(\.clean), robust: rows.map(\.robust)))
    }
    report.labels = sorted.first.map {
      LabelRecord(examples: $0.map(\.example), labels: $0.map(\.label))
    }
    return report
  }

  private func share(_ count: Int, of total: Int) -> Estimate {
    let interval = ConfidenceSequence.interval(
      successes: count, trials: total, level: Analysis.level)
    return Estimate(
      value: Double(count) / Double(total), low: interval.low, high: interval.high,
      level: Analysis.level)
  }
}
