// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Statistics

/// Compares methods over their seeds and corrects for how many there are.
package struct MethodRows {
  /// Fewer seeds on a side carry no claim about a method.
  package static let fewestSeeds = 3

  let rows: [ComparedMethod]

  init(_ methods: [Matching.Method], level: Double, margin: Double) {
    var rows: [ComparedMethod] = []
    var tests: [(row: Int, difference: MethodDifference)] = []
    for method in methods {
      let samples = MethodSamples(method.quantity, base: method.base, head: method.head)
      rows.append(MethodRows.row(method, samples))
      guard let difference = samples?.difference else { continue }
      tests.append((rows.count - 1, difference))
    }
    let corrected = Holm.adjusted(tests.map(\.difference.pValue))
    for (test, pHolm) in zip(tests, corrected) {
      rows[test.row].judge(
        test.difference, pHolm: pHolm, tests: tests.count, level: level, margin: margin)
    }
    self.rows = rows
  }

  private static func row(_ method: Matching.Method, _ samples: MethodSamples?) -> ComparedMethod {
    let key = method.head[0].key
    func mean(_ entries: [ReportIndex.Entry]) -> Double {
      let rates = entries.compactMap { method.quantity.estimate(in: $0.evaluation)?.value }
      return rates.reduce(0, +) / Double(max(1, rates.count))
    }
    let evaluations = (method.base + method.head).map(\.evaluation)
    let seeds = (method.base.map(\.key.seed), method.head.map(\.key.seed))
    let note: String? =
      if method.quantity.isBlocked(by: evaluations) {
        "a soundness flag is up"
      } else if min(seeds.0.count, seeds.1.count) < fewestSeeds {
        "fewer than \(fewestSeeds) seeds say nothing about a method"
      } else if samples == nil {
        "the reports do not say which examples are right"
      } else {
        nil
      }
    return ComparedMethod(
      quantity: method.quantity, method: key.method.text,
      attacker: method.quantity == .clean ? "" : key.attacker.text, baseSeeds: seeds.0,
      headSeeds: seeds.1, isPairedBySeed: samples?.isPairedBySeed ?? false,
      isPaired: samples?.isPaired ?? false, examples: samples?.examples ?? 0,
      baseAccuracy: samples?.baseAccuracy ?? mean(method.base),
      headAccuracy: samples?.headAccuracy ?? mean(method.head), answer: .cannotTell,
      seedsNeeded: note != nil && min(seeds.0.count, seeds.1.count) < fewestSeeds
        ? fewestSeeds : nil, note: note)
  }
}

extension ComparedMethod {
  fileprivate mutating func judge(
    _ test: MethodDifference, pHolm: Double, tests: Int, level: Double, margin: Double
  ) {
    let interval = test.interval(level: level)
    estimate = Estimate(
      difference: test.difference, low: interval.low, high: interval.high,
      exampleError: test.exampleVariance.squareRoot(), seedError: test.seedVariance.squareRoot(),
      degreesOfFreedom: test.degreesOfFreedom, p: test.pValue, pHolm: pHolm)
    guard note == nil else { return }
    answer = Answer(
      p: pHolm, difference: test.difference, interval: (interval.low, interval.high),
      margin: margin, alpha: 1 - level)
    guard answer == .cannotTell else { return }
    seedsNeeded = test.seedsNeeded(
      from: min(baseSeeds.count, headSeeds.count), margin: margin,
      alpha: (1 - level) / Double(max(1, tests)))
    if seedsNeeded == nil { note = "more seeds alone would not tell; take more examples" }
  }
}
