// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Statistics

extension Analysis {
  /// Counts for each number of queries the examples that are right and not broken by then.
  ///
  /// Attacks count in the order in which they ran: who comes to the second has paid for the first. The
  /// numbers are 1, 2 and 5 times a power of ten, and the most that any example cost.
  static func queryCurve(of attacks: [AttackOutcomes]) -> [QueryPoint] {
    var spent: [Int: Int] = [:]
    var brokenAt: [Int: Int] = [:]
    var right: Set<Int> = []
    for outcome in attacks.flatMap(\.outcomes) where outcome.cleanCorrect {
      right.insert(outcome.example)
      guard brokenAt[outcome.example] == nil else { continue }
      spent[outcome.example, default: 0] += outcome.queries
      if outcome.broken { brokenAt[outcome.example] = spent[outcome.example] }
    }
    let total = attacks.first?.outcomes.count ?? 0
    let most = spent.values.max() ?? 0
    guard total > 0, most > 0 else { return [] }
    var steps = [0]
    var unit = 1
    while unit <= most {
      steps += [unit, 2 * unit, 5 * unit].filter { $0 < most }
      unit *= 10
    }
    let breaks = brokenAt.values.sorted()
    return (steps + [most]).map { queries in
      let broken = breaks.firstIndex { $0 > queries } ?? breaks.count
      return QueryPoint(
        queries: queries, robustAccuracy: Double(right.count - broken) / Double(total))
    }
  }

  /// The ladders of all models in all balls that were attacked by one who sees less.
  ///
  /// Each rung is compared with the attacker who sees everything, on the same examples; Holm's correction
  /// is over all rungs of the report.
  static func ladders(of judged: [JudgedEvaluation]) -> [LadderRecord] {
    var ladders: [LadderRecord] = []
    for whole in judged where whole.record.isolation == "none" {
      let isolated = judged.filter { $0.record.isIsolated(formOf: whole.record) }
      guard !isolated.isEmpty else { continue }
      let rungs = ([whole] + isolated).map { one in
        LadderRecord.Rung(
          evaluation: one.record.id, isolation: one.record.isolation,
          knowledge: one.record.threat.knowledge, robustAccuracy: one.record.robustAccuracy,
          difference: one.record.id == whole.record.id ? nil : compared(whole, one, .robust),
          queries: one.record.attacks.reduce(0) { $0 + $1.queries })
      }
      ladders.append(
        LadderRecord(
          variant: whole.record.variant, norm: whole.record.threat.norm,
          epsilon: whole.record.threat.epsilon, rungs: rungs, statement: "",
          warning: warning(whole.record)))
    }
    let tests = ladders.flatMap(\.rungs).compactMap(\.difference?.pExact)
    var corrected = Holm.adjusted(tests)[...]
    for ladder in ladders.indices {
      for rung in ladders[ladder].rungs.indices
      where ladders[ladder].rungs[rung].difference != nil {
        ladders[ladder].rungs[rung].difference?.pHolm = corrected.removeFirst()
      }
      ladders[ladder].statement = statement(ladders[ladder])
    }
    return ladders
  }

  /// A model of whose examples more than half can be broken has nothing but its secret.
  private static func warning(_ whole: EvaluationRecord) -> String? {
    let (robust, clean) = (whole.robustAccuracy.value, whole.cleanAccuracy.value)
    guard robust < clean / 2 else { return nil }
    return "Secrecy is not robustness: who sees the whole model leaves \(robust.fixed(3)) of "
      + "\(clean.fixed(3)) right. What the other rows add lasts until the weights, or a better attack, "
      + "are out."
  }

  private static func statement(_ ladder: LadderRecord) -> String {
    var (gained, same, lost): ([String], [String], [String]) = ([], [], [])
    for rung in ladder.rungs {
      guard let difference = rung.difference else { continue }
      let text =
        "\(rung.isolation) \(difference.difference.fixed(3, signed: true))"
        + " [\(difference.low.fixed(3)), \(difference.high.fixed(3))]"
      let isShown = difference.pHolm <= 1 - difference.level
      switch (isShown, difference.difference > 0) {
      case (true, true): gained.append(text)
      case (true, false): lost.append(text)
      case (false, _): same.append(text)
      }
    }
    func list(_ opening: String, _ texts: [String]) -> String {
      texts.isEmpty ? "" : " \(opening): \(texts.joined(separator: ", "))."
    }
    let opening =
      "Against \(ladder.rungs[0].robustAccuracy.value.fixed(3)) where the attacker sees everything:"
    return opening + list("harder to attack", gained)
      + list("nothing that could be shown was bought by", same)
      + list("even easier to attack, so that the first number is too high", lost)
  }
}

extension EvaluationRecord {
  /// Whether this is the same model in the same ball, attacked by one who sees less.
  fileprivate func isIsolated(formOf whole: EvaluationRecord) -> Bool {
    isolation != "none" && variant == whole.variant && threat.norm == whole.threat.norm
      && threat.epsilon == whole.threat.epsilon && threat.queryBudget == whole.threat.queryBudget
  }
}
