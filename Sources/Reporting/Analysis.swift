// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
import Statistics

/// Turns outcomes into what a report says; pure functions.
public enum Analysis {
  /// The confidence level of every interval; the tests' alpha is what it leaves over.
  public static let level = 0.95

  /// Counts one evaluation: the worst case per example, exact intervals, a row for each attack.
  ///
  /// The outcomes themselves are not needed afterwards, so that a run can read them one evaluation
  /// at a time.
  public static func judged(_ observed: EvaluationOutcomes) -> JudgedEvaluation {
    let verdicts = ExampleVerdicts(observed.attacks)
    let isStopped = observed.isStopped
    precondition(verdicts.count > 0, "an evaluation has at least one example")
    let clean = verdicts.cleanCorrect.count { $0 }
    let robust = verdicts.robust.count { $0 }
    var remaining = clean
    let attacks = zip(observed.attacks, verdicts.firstBroken).map { attack, broken in
      remaining -= broken
      var row = row(
        of: attack, broken: broken, remaining: remaining, of: verdicts.count, isStopped: isStopped)
      if observed.mode != .worstCase {
        let held = attack.outcomes.count { $0.cleanCorrect && !$0.broken }
        row.ownAccuracy = share(held, of: verdicts.count, isStopped: isStopped)
      }
      return row
    }
    var record = EvaluationRecord(
      id: observed.id, variant: observed.variant, isolation: observed.isolation,
      threat: observed.threat, suite: observed.suite, examples: verdicts.count,
      cleanAccuracy: share(clean, of: verdicts.count, isStopped: isStopped),
      robustAccuracy: share(robust, of: verdicts.count, isStopped: isStopped),
      certifiedAccuracy: observed.certified.map {
        share($0.count(where: \.self), of: verdicts.count, isStopped: isStopped)
      },
      meanAccuracy: observed.mode == .eachAlone ? mean(attacks) : nil, attacks: attacks,
      flags: observed.checks.compactMap(\.flag),
      verdicts: VerdictRecord(
        examples: verdicts.examples, clean: verdicts.cleanCorrect, robust: verdicts.robust,
        certified: observed.certified))
    record.checks = observed.checks
    record.extraction = observed.extraction
    record.process = observed.process
    if observed.threat.knowledge > .whiteBox {
      record.queryCurve = queryCurve(of: observed.attacks)
    }
    return JudgedEvaluation(
      record: record, verdicts: verdicts,
      distances: observed.mode == .nearest ? nearest(observed.attacks) : nil,
      costliest: costliest(observed.attacks),
      isStopped: isStopped)
  }

  /// Fills in a report's evaluations, comparisons and findings.
  public static func completed(
    _ report: Report, with judged: [JudgedEvaluation]
  ) -> Report {
    var result = report
    result.evaluations = judged.map(\.record)
    let curves = curves(of: judged)
    result.curves = curves.isEmpty ? nil : curves
    result.effort = effort(of: judged, variants: report.variants)
    result.labels = labels(of: judged)
    result.comparisons = comparisons(of: judged, variants: report.variants)
    let ladders = ladders(of: judged)
    result.ladders = ladders.isEmpty ? nil : ladders
    result.findings = findings(in: result)
    return result
  }

  /// The mean of what every attack alone leaves right, as common corruptions are counted.
  private static func mean(_ attacks: [AttackRecord]) -> Double {
    attacks.compactMap(\.ownAccuracy?.value).reduce(0, +) / Double(attacks.count)
  }

  /// The class of every example that was judged in any evaluation, which all agree on.
  private static func labels(of judged: [JudgedEvaluation]) -> LabelRecord? {
    guard let first = judged.first?.verdicts else { return nil }
    if judged.allSatisfy({ $0.verdicts.examples == first.examples }) {
      precondition(
        judged.allSatisfy { $0.verdicts.labels == first.labels }, "evaluations agree on labels")
      return LabelRecord(examples: first.examples, labels: first.labels)
    }
    var labels: [Int: Int] = [:]
    for verdicts in judged.map(\.verdicts) {
      for (example, label) in zip(verdicts.examples, verdicts.labels) {
        precondition(labels[example] ?? label == label, "evaluations agree on labels")
        labels[example] = label
      }
    }
    let examples = labels.keys.sorted()
    return LabelRecord(examples: examples, labels: examples.compactMap { labels[$0] })
  }

  /// A share with its exact interval, or with one that holds at any time.
  static func share(_ count: Int, of total: Int, isStopped: Bool) -> Estimate {
    let interval =
      isStopped
      ? ConfidenceSequence.interval(successes: count, trials: total, level: level)
      : ProportionInterval(successes: count, trials: total, level: level).interval
    return Estimate(
      value: Double(count) / Double(total), low: interval.low, high: interval.high, level: level)
  }

  private static func row(
    of attack: AttackOutcomes, broken: Int, remaining: Int, of total: Int, isStopped: Bool
  ) -> AttackRecord {
    let accuracy = share(remaining, of: total, isStopped: isStopped)
    let distances = attack.outcomes.filter(\.broken).map(\.distance)
    return AttackRecord(
      name: attack.name, parameters: attack.parameters, robustAccuracy: accuracy.value,
      low: accuracy.low, high: accuracy.high, attacked: attack.outcomes.count { $0.attacked },
      broken: broken, gradients: attack.outcomes.reduce(0) { $0 + $1.gradients },
      queries: attack.outcomes.reduce(0) { $0 + $1.queries },
      medianDistance: distances.isEmpty ? nil : CensoredDistances(distances).median,
      seconds: attack.seconds)
  }
}
