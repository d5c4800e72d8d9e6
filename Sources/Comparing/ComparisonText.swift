// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Reporting

/// The words and cells that every written form of a comparison shares.
struct ComparisonText {
  let comparison: ReportComparison

  static let modelHeadings = [
    "answer", "accuracy", "model", "seed", "attacker", "base", "head", "head − base", "lost", "won",
    "p exact", "mid-p", "p Holm", "note",
  ]
  static let methodHeadings = [
    "answer", "accuracy", "method", "attacker", "seeds", "base", "head", "head − base",
    "error by examples", "error by seeds", "p", "p Holm", "note",
  ]
  /// Which headings stand over numbers.
  static let numeric: Set<String> = [
    "seed", "base", "head", "head − base", "lost", "won", "p exact", "mid-p", "p Holm",
    "error by examples", "error by seeds", "p",
  ]

  /// Counts of answers, such as `1 better, 2 worse, 3 no difference shown, 4 cannot tell`.
  func summary<Row>(_ rows: [Row], _ answer: (Row) -> Answer) -> String {
    Answer.allCases.map { wanted in "\(rows.count { answer($0) == wanted }) \(wanted.text)" }
      .joined(separator: ", ")
  }

  /// What the tables hold, in sentences.
  var method: String {
    let margin = (comparison.margin * 100).shortPoints
    let level = (comparison.level * 100).shortPoints
    return
      "Lost: the base alone is right; won: the head alone. Intervals have \(level) %. Better and "
      + "worse: the exact test (McNemar's on the same examples, Fisher's on others) shows it after "
      + "Holm's correction for the \(comparison.models.count) rows of the table. No difference "
      + "shown: the interval lies within ±\(margin) points. Else it cannot be told."
  }

  /// What the table of methods holds.
  var methodNote: String {
    "Means over seeds. The interval counts both sources of noise, examples and seeds; a claim about "
      + "a method takes \(MethodRows.fewestSeeds) seeds on each side."
  }

  func cells(_ row: ComparedModel) -> [String] {
    [
      row.answer.text, row.quantity.rawValue, row.method, String(row.seed),
      row.attacker.isEmpty ? "none" : row.attacker, rate(row.baseAccuracy, row.baseExamples),
      rate(row.headAccuracy, row.headExamples),
      difference(row.difference, row.low, row.high), row.lost.map(String.init) ?? "",
      row.won.map(String.init) ?? "", row.pExact.probabilityText,
      row.pMid?.probabilityText ?? "", row.pHolm.probabilityText, note(row),
    ]
  }

  func cells(_ row: ComparedMethod) -> [String] {
    let estimate = row.estimate
    return [
      row.answer.text, row.quantity.rawValue, row.method,
      row.attacker.isEmpty ? "none" : row.attacker, seeds(row),
      rate(row.baseAccuracy, row.examples), rate(row.headAccuracy, row.examples),
      estimate.map { difference($0.difference, $0.low, $0.high) } ?? "",
      estimate?.exampleError.fixed(4) ?? "", estimate?.seedError.fixed(4) ?? "",
      estimate?.p.probabilityText ?? "", estimate?.pHolm.probabilityText ?? "", note(row),
    ]
  }

  /// One row as a sentence for the summary.
  func sentence(_ row: ComparedModel) -> String {
    let attacked = row.attacker.isEmpty ? "" : " (\(row.attacker))"
    return "\(row.answer.text): \(row.quantity.rawValue) accuracy of \(row.method), seed "
      + "\(row.seed)\(attacked), \(difference(row.difference, row.low, row.high)) "
      + "(n = \(row.headExamples)), p after Holm \(row.pHolm.probabilityText)"
  }

  /// One row as a sentence for the summary.
  func sentence(_ row: ComparedMethod) -> String {
    let attacked = row.attacker.isEmpty ? "" : " (\(row.attacker))"
    let found = row.estimate.map { ", \(difference($0.difference, $0.low, $0.high))" } ?? ""
    return "\(row.answer.text): \(row.quantity.rawValue) accuracy of the method \(row.method)"
      + "\(attacked)\(found) (\(seeds(row)) seeds, n = \(row.examples))"
  }

  private func rate(_ value: Double, _ examples: Int) -> String {
    examples > 0 ? "\(value.fixed(4)) (n = \(examples))" : value.fixed(4)
  }

  private func difference(_ value: Double, _ low: Double, _ high: Double) -> String {
    "\(value.fixed(4, signed: true)) "
      + "[\(low.fixed(4, signed: true)), \(high.fixed(4, signed: true))]"
  }

  private func seeds(_ row: ComparedMethod) -> String {
    "\(row.baseSeeds.count) against \(row.headSeeds.count)"
      + (row.isPairedBySeed ? ", the same" : "")
  }

  private func note(_ row: ComparedModel) -> String {
    let needed = row.examplesNeeded.map { "about \($0) examples would tell" }
    return [row.note, needed].compactMap(\.self).joined(separator: "; ")
  }

  private func note(_ row: ComparedMethod) -> String {
    let needed = row.seedsNeeded.map { "about \($0) seeds on each side would tell" }
    return [row.note, needed].compactMap(\.self).joined(separator: "; ")
  }
}

extension Double {
  /// A number of points without needless zeros.
  fileprivate var shortPoints: String {
    var text = fixed(3)
    while text.hasSuffix("0") { text.removeLast() }
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }
}
