// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
import Statistics

extension Analysis {
  /// Compares each compressed model with its dense parent, on the same examples.
  ///
  /// Robust correctness is compared under each attacker, clean correctness once for each isolation.
  /// Examples that only one of the two was judged on are left out. Holm's correction is over all
  /// comparisons that are returned.
  ///
  /// > Source: `PairedCounts` and `Holm` of the Statistics module name theirs.
  public static func comparisons(
    of judged: [JudgedEvaluation], variants: [VariantRecord]
  ) -> [ComparisonRecord] {
    let parents = Dictionary(variants.map { ($0.id, $0.parent) }) { first, _ in first }
    var cleanPairs: Set<[String]> = []
    var records: [ComparisonRecord] = []
    for head in judged {
      guard let parent = parents[head.record.variant] ?? nil,
        let base = judged.first(where: { $0.isSameTest(of: parent, as: head) })
      else { continue }
      let pair = [parent, head.record.variant, head.record.isolation]
      if cleanPairs.insert(pair).inserted {
        records += [compared(base, head, .clean)].compactMap(\.self)
      }
      records += [compared(base, head, .robust)].compactMap(\.self)
    }
    let corrected = Holm.adjusted(records.map(\.pExact))
    for index in records.indices { records[index].pHolm = corrected[index] }
    return records
  }

  /// One comparison, not yet corrected for the others; nil if no example was judged twice.
  private static func compared(
    _ base: JudgedEvaluation, _ head: JudgedEvaluation, _ kind: ComparisonRecord.Kind
  ) -> ComparisonRecord? {
    let (left, right) = paired(base.verdicts, head.verdicts, kind)
    guard !left.isEmpty else { return nil }
    let counts = PairedCounts(base: left, head: right)
    let interval = counts.differenceInterval(level: level)
    return ComparisonRecord(
      base: base.record.id, head: head.record.id, kind: kind, b: counts.baseOnly,
      c: counts.headOnly, n: counts.total, difference: counts.difference, low: interval.low,
      high: interval.high, level: level, pExact: counts.exactP, pMid: counts.midP,
      pHolm: counts.exactP)
  }

  /// The verdicts on the examples that both have, by one walk through both rising lists.
  private static func paired(
    _ base: ExampleVerdicts, _ head: ExampleVerdicts, _ kind: ComparisonRecord.Kind
  ) -> (base: [Bool], head: [Bool]) {
    let (baseCorrect, headCorrect) = (base.correct(kind), head.correct(kind))
    var result: (base: [Bool], head: [Bool]) = ([], [])
    var (left, right) = (0, 0)
    while left < base.count, right < head.count {
      let (one, other) = (base.examples[left], head.examples[right])
      if one == other {
        result.base.append(baseCorrect[left])
        result.head.append(headCorrect[right])
      }
      if one <= other { left += 1 }
      if other <= one { right += 1 }
    }
    return result
  }
}

extension JudgedEvaluation {
  /// Whether this is a variant's evaluation by the same attacker and suite as another evaluation.
  fileprivate func isSameTest(of variant: String, as other: JudgedEvaluation) -> Bool {
    record.variant == variant && record.isolation == other.record.isolation
      && record.threat == other.record.threat && record.suite == other.record.suite
  }
}
