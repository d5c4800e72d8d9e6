// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Records
import Reporting
import SyntheticReports

/// A report of one dense model whose verdicts are given by letters.
///
/// An `x` is wrong without attack, a `b` is broken, an `r` robust; indices rise from `start`.
func lettered(
  _ letters: String, start: Int = 0, seed: UInt64 = 1, epsilon: String = "0.1"
) -> Report {
  var recipe = SyntheticReport()
  recipe.compressions = 0
  recipe.seeds = [seed]
  recipe.epsilons = [epsilon]
  recipe.examples = Array(start..<start + letters.utf8.count)
  var report = recipe.report()
  let total = Double(letters.utf8.count)
  let clean = letters.map { $0 != "x" }
  let robust = letters.map { $0 == "r" }
  report.evaluations[0].verdicts = VerdictRecord(
    examples: recipe.examples, clean: clean, robust: robust)
  report.evaluations[0].cleanAccuracy.value = Double(clean.count { $0 }) / total
  report.evaluations[0].robustAccuracy.value = Double(robust.count { $0 }) / total
  return report
}

/// Compares two reports.
func compare(
  _ base: Report, _ head: Report, margin: Double = 0.02
) throws(ReportError) -> ReportComparison {
  try ReportComparison(
    base: try ReportIndex(base, name: "base.json"),
    head: try ReportIndex(head, name: "head.json"), margin: margin)
}

extension String {
  /// Some copies in a row.
  static func * (text: String, count: Int) -> String { String(repeating: text, count: count) }
}
