// SPDX-License-Identifier: GPL-3.0-or-later

import Records
package import Statistics

/// The verdicts of all seeds on the examples that they share.
package struct MethodSamples {
  package let isPairedBySeed: Bool
  package let isPaired: Bool
  package let examples: Int
  package let baseAccuracy: Double
  package let headAccuracy: Double
  package let difference: MethodDifference?

  /// Nil where a report does not say which examples are right, or seeds share no examples.
  package init?(
    _ quantity: Quantity, base baseEntries: [ReportIndex.Entry],
    head headEntries: [ReportIndex.Entry]
  ) {
    guard let base = SeedTable(quantity, baseEntries),
      let head = SeedTable(quantity, headEntries)
    else { return nil }
    var (left, right) = (base, head)
    let shared = SharedExamples(base.examples, head.examples)
    isPaired = shared.areMost
    if shared.areMost {
      left = base.restricted(to: shared.places.map(\.base))
      right = head.restricted(to: shared.places.map(\.head))
    }
    examples = isPaired ? shared.places.count : min(base.examples.count, head.examples.count)
    isPairedBySeed = isPaired && baseEntries.map(\.key.seed) == headEntries.map(\.key.seed)
    baseAccuracy = left.accuracy
    headAccuracy = right.accuracy
    difference =
      isPairedBySeed
      ? MethodDifference(pairedBase: left.rows, head: right.rows)
      : MethodDifference(base: left.rows, head: right.rows, onSameExamples: isPaired)
  }
}

/// A row of verdicts for each seed, over the examples that all of them have.
private struct SeedTable {
  let examples: IndexRanges
  let rows: [[Bool]]

  init?(_ quantity: Quantity, _ entries: [ReportIndex.Entry]) {
    var known: [(IndexRanges, PackedBits)] = []
    for entry in entries {
      guard let bits = quantity.bits(of: entry.evaluation),
        let examples = entry.evaluation.verdicts?.examples
      else { return nil }
      known.append((examples, bits))
    }
    guard let first = known.first?.0, first.count > 0,
      known.allSatisfy({ $0.0 == first })
    else { return nil }
    examples = first
    rows = known.map { $0.1.values(count: first.count) }
  }

  private init(examples: IndexRanges, rows: [[Bool]]) {
    self.examples = examples
    self.rows = rows
  }

  func restricted(to places: [Int]) -> SeedTable {
    guard places.count < examples.count else { return self }
    let indices = examples.indices
    return SeedTable(
      examples: IndexRanges(rising: places.map { indices[$0] }),
      rows: rows.map { row in places.map { row[$0] } })
  }

  var accuracy: Double {
    let right = rows.reduce(0) { $0 + $1.count { $0 } }
    return Double(right) / Double(rows.count * examples.count)
  }
}
