// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Statistics

/// A question about one compression of one model, with the comparisons that answer it.
struct Claim {
  /// What models have in common that differ only in their seed.
  struct Key: Hashable {
    let kind: ComparisonRecord.Kind
    let architecture: String
    let training: String
    let compression: String
    let sparsity: Double
    let isolation: String
    let attacker: String

    init(kind: ComparisonRecord.Kind, variant: VariantRecord, evaluation: EvaluationRecord) {
      self.kind = kind
      architecture = variant.architecture
      training = variant.training
      compression = variant.compression
      sparsity = variant.sparsity.requested
      isolation = evaluation.isolation
      // The attacker does not change what is right without one.
      attacker = kind == .clean ? "" : EvaluationGroup(evaluation).caption
    }
  }

  /// One comparison with both evaluations.
  struct Case {
    let comparison: ComparisonRecord
    let base: EvaluationRecord
    let head: EvaluationRecord

    /// Whether the robust accuracy of one side must not be believed.
    var isBlocked: Bool {
      comparison.kind == .robust
        && (base.flags + head.flags).contains { $0.severity == .blocking }
    }

    /// Whether the accuracies are shown to differ, after correction.
    var isShown: Bool { !isBlocked && comparison.pHolm <= 1 - Analysis.level }
  }

  let key: Key
  /// At least one, in the order of the report.
  let cases: [Case]
  /// How many tests Holm's correction was over.
  let tests: Int
  /// Whether the number of examples depends on what was found.
  let isStopped: Bool

  /// The sentence and its evidence.
  var finding: Finding {
    let verdicts = Set(cases.map(verdict))
    let verdict = verdicts.count == 1 ? verdict(on: cases[0]) : .undecided
    return Finding(
      claim: key.kind == .clean ? "raises-accuracy" : "easier-to-attack", verdict: verdict,
      base: cases[0].comparison.base, head: cases[0].comparison.head,
      statement: cases.count == 1 ? statement(on: cases[0]) : summary,
      evidence: cases.map(evidence).joined(separator: " "))
  }

  /// What one case shows.
  ///
  /// Robust accuracy also falls where a model is merely wrong more often, so it is easier to attack
  /// only if the loss also shows among the examples that both have right without attack. That
  /// second test is held to Bonferroni's bound, which is at least as strict as Holm's.
  func verdict(on one: Case) -> Finding.Verdict {
    guard one.isShown else { return .undecided }
    let comparison = one.comparison
    if comparison.difference > 0 { return .better }
    guard let lost = comparison.bAttacked, let won = comparison.cAttacked else { return .worse }
    let counts = PairedCounts(
      baseOnly: lost, headOnly: won, both: max(0, comparison.n - lost - won), neither: 0)
    let p = isStopped ? counts.anyTimeP : counts.exactP
    let isShown = lost > won && p * Double(tests) <= 1 - Analysis.level
    return isShown ? .worse : .undecided
  }

  private func evidence(of one: Case) -> String {
    let comparison = one.comparison
    let robust = comparison.kind == .robust
    let (head, base) =
      robust
      ? (one.head.robustAccuracy, one.base.robustAccuracy)
      : (one.head.cleanAccuracy, one.base.cleanAccuracy)
    var text =
      "\(robust ? "Robust" : "Clean") accuracy \(head.text(examples: one.head.examples)) against "
      + "\(base.text(examples: one.base.examples)), difference \(comparison.differenceText); "
      + "\(comparison.b) lost, \(comparison.c) won, \(isStopped ? "anytime-valid" : "exact McNemar") p "
      + "\(equation(comparison.pExact)), after Holm over \(tests) tests "
      + "\(equation(comparison.pHolm))."
    if robust {
      text +=
        " Clean accuracy \(one.head.cleanAccuracy.text(examples: one.head.examples)) against "
        + "\(one.base.cleanAccuracy.text(examples: one.base.examples))."
      if let lost = comparison.bAttacked, let won = comparison.cAttacked {
        text +=
          " Of the examples that both have right without attack, \(lost) are lost and "
          + "\(won) won."
      }
    }
    if !one.isShown, !one.isBlocked { text += " " + resolution(of: comparison) }
    return text
  }

  private func equation(_ probability: Double) -> String {
    let text = probability.probabilityText
    return text.hasPrefix("<") ? text : "= " + text
  }

  /// What it would take to tell, at 80 % power and the level that the correction may demand.
  private func resolution(of comparison: ComparisonRecord) -> String {
    let discordant = comparison.b + comparison.c
    guard discordant > 0 else { return "The two agree on every example." }
    let alpha = (1 - comparison.level) / Double(max(1, tests))
    let discordance = Double(discordant) / Double(comparison.n)
    guard comparison.b != comparison.c else {
      let detectable = SampleSize.pairedDetectableDifference(
        trials: comparison.n, discordance: discordance, alpha: alpha)
      return detectable.map {
        "These examples would show a difference of \(($0 * 100).fixed(1)) points at 80 % power."
      } ?? "So few examples show no difference, whatever its size."
    }
    let needed = SampleSize.paired(
      difference: comparison.difference.magnitude, discordance: discordance, alpha: alpha)
    return "About \(Claim.rounded(needed)) examples would show a difference of the observed size "
      + "at 80 % power."
  }

  /// The number rounded up to two digits that count.
  private static func rounded(_ count: Int) -> Int {
    var unit = 1
    while count / unit >= 100 { unit *= 10 }
    return (count + unit - 1) / unit * unit
  }
}
