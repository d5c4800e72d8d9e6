// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Statistics

/// Tests every pair of evaluations and corrects for how many there are.
struct ModelRows {
  let rows: [ComparedModel]

  init(_ pairs: [Matching.Model], level: Double, margin: Double) {
    let tested = pairs.compactMap { pair in
      Sampling(pair.quantity, base: pair.base.evaluation, head: pair.head.evaluation)
        .map { (pair, $0) }
    }
    let alpha = 1 - level
    let corrected = Holm.adjusted(tested.map { $0.1.exactP })
    rows = zip(tested, corrected).map { test, pHolm in
      let (pair, sampling) = test
      var row = ModelRows.row(pair, sampling, level: level)
      row.pHolm = pHolm
      let blocked = pair.quantity.isBlocked(by: [pair.base.evaluation, pair.head.evaluation])
      row.answer =
        blocked
        ? .cannotTell
        : Answer(
          p: pHolm, difference: row.difference, interval: (row.low, row.high), margin: margin,
          alpha: alpha)
      if blocked {
        row.note = (["a soundness flag is up", row.note].compactMap(\.self)).joined(separator: "; ")
      } else if row.answer == .cannotTell {
        row.examplesNeeded = sampling.examplesNeeded(
          margin: margin, alpha: alpha / Double(tested.count), level: level)
      }
      return row
    }
  }

  private static func row(
    _ pair: Matching.Model, _ sampling: Sampling, level: Double
  ) -> ComparedModel {
    let interval = sampling.interval(level: level)
    var row = ComparedModel(
      quantity: pair.quantity, method: pair.head.key.method.text, seed: pair.head.key.seed,
      attacker: pair.quantity == .clean ? "" : pair.head.key.attacker.text,
      base: pair.base.evaluation.id, head: pair.head.evaluation.id, isPaired: true,
      baseExamples: 0, headExamples: 0, baseAccuracy: 0, headAccuracy: 0,
      difference: sampling.difference, low: interval.low, high: interval.high,
      pExact: sampling.exactP, pHolm: 1, answer: .cannotTell)
    switch sampling {
    case .paired(let counts):
      let total = Double(counts.total)
      (row.baseExamples, row.headExamples) = (counts.total, counts.total)
      row.baseAccuracy = Double(counts.both + counts.baseOnly) / total
      row.headAccuracy = Double(counts.both + counts.headOnly) / total
      (row.lost, row.won, row.pMid) = (counts.baseOnly, counts.headOnly, counts.midP)
    case .unpaired(let counts, let reason):
      row.isPaired = false
      (row.baseExamples, row.headExamples) = (counts.baseTrials, counts.headTrials)
      row.baseAccuracy = Double(counts.baseSuccesses) / Double(counts.baseTrials)
      row.headAccuracy = Double(counts.headSuccesses) / Double(counts.headTrials)
      row.note = "not paired: \(reason)"
    }
    return row
  }
}

extension Sampling {
  /// The two-sided p-value that both rates are equal.
  var exactP: Double {
    switch self {
    case .paired(let counts): counts.exactP
    case .unpaired(let counts, _): counts.fisherExactP
    }
  }

  /// The two-sided interval of the difference.
  func interval(level: Double) -> ConfidenceInterval {
    switch self {
    case .paired(let counts): counts.differenceInterval(level: level)
    case .unpaired(let counts, _): counts.differenceInterval(level: level)
    }
  }

  /// How many examples would show the difference, or that there is none.
  func examplesNeeded(margin: Double, alpha: Double, level: Double) -> Int? {
    switch self {
    case .paired(let counts):
      SampleSize.deciding(counts, margin: margin, alpha: alpha, level: level)
    case .unpaired(let counts, _):
      SampleSize.deciding(counts, margin: margin, alpha: alpha, level: level)
    }
  }
}
