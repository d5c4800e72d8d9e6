// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
import Statistics

extension Analysis {
  /// Compares each compressed model with its dense parent, on the same examples.
  ///
  /// Robust correctness is compared under each attacker, clean correctness once for each model,
  /// since no attacker changes it.
  /// Examples that only one of the two was judged on are left out. Holm's correction is over all
  /// comparisons that are returned. Where a run may have stopped early, intervals and p-values hold at
  /// any time.
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
      let pair = [parent, head.record.variant]
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
  static func compared(
    _ base: JudgedEvaluation, _ head: JudgedEvaluation, _ kind: ComparisonRecord.Kind
  ) -> ComparisonRecord? {
    let shared = sharedPlaces(base.verdicts.examples, head.verdicts.examples)
    guard !shared.isEmpty else { return nil }
    let counts = counted(base, head, kind, at: shared)
    let rightUnchanged = shared.filter {
      base.verdicts.cleanCorrect[$0.base] && head.verdicts.cleanCorrect[$0.head]
    }
    let attacked =
      kind == .robust && !rightUnchanged.isEmpty
      ? counted(base, head, kind, at: rightUnchanged) : nil
    let isStopped = base.isStopped || head.isStopped
    let interval =
      isStopped
      ? counts.anyTimeInterval(level: level) : counts.differenceInterval(level: level)
    let exact = isStopped ? counts.anyTimeP : counts.exactP
    return ComparisonRecord(
      base: base.record.id, head: head.record.id, kind: kind, b: counts.baseOnly,
      c: counts.headOnly, bAttacked: kind == .robust ? attacked?.baseOnly ?? 0 : nil,
      cAttacked: kind == .robust ? attacked?.headOnly ?? 0 : nil, n: counts.total,
      difference: counts.difference, low: interval.low, high: interval.high, level: level,
      pExact: exact, pMid: isStopped ? exact : counts.midP, pHolm: exact)
  }

  private static func counted(
    _ base: JudgedEvaluation, _ head: JudgedEvaluation, _ kind: ComparisonRecord.Kind,
    at places: [(base: Int, head: Int)]
  ) -> PairedCounts {
    let (left, right) = (base.verdicts.correct(kind), head.verdicts.correct(kind))
    return PairedCounts(base: places.map { left[$0.base] }, head: places.map { right[$0.head] })
  }

  /// Where the examples stand that both have, by one walk through both rising lists.
  private static func sharedPlaces(
    _ base: [Int], _ head: [Int]
  ) -> [(base: Int, head: Int)] {
    var places: [(base: Int, head: Int)] = []
    var (left, right) = (0, 0)
    while left < base.count, right < head.count {
      let (one, other) = (base[left], head[right])
      if one == other { places.append((left, right)) }
      if one <= other { left += 1 }
      if other <= one { right += 1 }
    }
    return places
  }
}

extension JudgedEvaluation {
  /// Whether this is a variant's evaluation by the same attacker and suite as another evaluation.
  fileprivate func isSameTest(of variant: String, as other: JudgedEvaluation) -> Bool {
    record.variant == variant && record.isolation == other.record.isolation
      && record.threat == other.record.threat && record.suite == other.record.suite
  }
}
