// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import Statistics

/// What two evaluations say about one accuracy: on the same examples, or each on its own.
public enum Sampling: Sendable, Hashable {
  /// Both were judged on these examples.
  case paired(PairedCounts)
  /// The examples differ, or are not known to be the same.
  case unpaired(IndependentCounts, reason: String)

  /// Counts two evaluations.
  ///
  /// Paired are the examples that both have, if they are at least half of the smaller set. Where the
  /// sets overlap in less, or a report does not say which examples it has right, the two are taken as
  /// separate samples: if they are the same after all, the interval is too wide, never too narrow.
  ///
  /// - Returns: Nil where one of the two lacks the accuracy.
  public init?(_ quantity: Quantity, base: EvaluationRecord, head: EvaluationRecord) {
    guard let left = quantity.successes(in: base), let right = quantity.successes(in: head) else {
      return nil
    }
    let separate = IndependentCounts(
      baseSuccesses: left, baseTrials: base.examples, headSuccesses: right,
      headTrials: head.examples)
    guard let baseBits = quantity.bits(of: base), let headBits = quantity.bits(of: head),
      let baseExamples = base.verdicts?.examples, let headExamples = head.verdicts?.examples
    else {
      let side =
        quantity.bits(of: base) == nil
        ? quantity.bits(of: head) == nil ? "neither report says" : "the base does not say"
        : "the head does not say"
      self = .unpaired(separate, reason: "\(side) which examples are right")
      return
    }
    if baseExamples == headExamples {
      self = .paired(PairedCounts(baseBits, headBits, count: baseExamples.count))
      return
    }
    let shared = SharedExamples(baseExamples, headExamples)
    guard shared.areMost else {
      let note = shared.places.isEmpty ? "no example" : "only \(shared.places.count) examples"
      self = .unpaired(separate, reason: "\(note) in common")
      return
    }
    self = .paired(
      PairedCounts(
        base: shared.places.map { baseBits[$0.base] },
        head: shared.places.map { headBits[$0.head] }))
  }

  /// The head's rate minus the base's.
  public var difference: Double {
    switch self {
    case .paired(let counts): counts.difference
    case .unpaired(let counts, _): counts.difference
    }
  }
}

extension PairedCounts {
  /// Counts packed verdicts on the same examples.
  init(_ base: PackedBits, _ head: PackedBits, count: Int) {
    var (lost, won, both) = (0, 0, 0)
    for (left, right) in zip(base.bytes, head.bytes) {
      lost += (left & ~right).nonzeroBitCount
      won += (right & ~left).nonzeroBitCount
      both += (left & right).nonzeroBitCount
    }
    self.init(baseOnly: lost, headOnly: won, both: both, neither: count - lost - won - both)
  }
}

/// Where the examples stand that two evaluations share.
package struct SharedExamples {
  /// The positions in both lists, rising.
  package let places: [(base: Int, head: Int)]
  /// Whether they are at least half of the smaller list.
  let areMost: Bool

  /// Walks once through both rising lists.
  package init(_ base: IndexRanges, _ head: IndexRanges) {
    let (first, second) = (base.indices, head.indices)
    var places: [(base: Int, head: Int)] = []
    var (left, right) = (0, 0)
    while left < first.count, right < second.count {
      let (one, other) = (first[left], second[right])
      if one == other { places.append((left, right)) }
      if one <= other { left += 1 }
      if other <= one { right += 1 }
    }
    self.places = places
    areMost = !places.isEmpty && 2 * places.count >= min(first.count, second.count)
  }
}
