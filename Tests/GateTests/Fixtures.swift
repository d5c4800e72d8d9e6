// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Gate
import Records
import Reporting
import SyntheticReports

/// A report of a dense model and of one that is compressed, each with verdicts by letters.
///
/// An `x` is wrong without attack, a `b` is broken, an `r` robust.
func lettered(_ dense: String, _ pruned: String, flags: [SoundnessFlag] = []) -> Report {
  var recipe = SyntheticReport()
  recipe.examples = Array(0..<dense.utf8.count)
  recipe.flags = flags
  var report = recipe.report()
  for (index, letters) in [dense, pruned].enumerated() {
    let clean = letters.map { $0 != "x" }
    let robust = letters.map { $0 == "r" }
    let total = Double(letters.utf8.count)
    report.evaluations[index].verdicts = VerdictRecord(
      examples: recipe.examples, clean: clean, robust: robust)
    report.evaluations[index].cleanAccuracy.value = Double(clean.count { $0 }) / total
    report.evaluations[index].robustAccuracy.value = Double(robust.count { $0 }) / total
  }
  return report
}

/// Judges a report by a policy in YAML.
func judge(
  _ report: Report, _ policy: String, baseline: Report? = nil
) throws -> GateResult {
  try Gate(
    policy: try PolicyFile.policy(in: Array(policy.utf8), path: "policy.yaml"),
    name: "policy.yaml", report: try ReportIndex(report, name: "head/report.json"),
    baseline: try baseline.map { try ReportIndex($0, name: "base/report.json") }
  ).result()
}

/// Judges a report by a single rule in YAML's short form.
func judge(_ report: Report, rule: String, baseline: Report? = nil) throws -> GateResult {
  try judge(report, "rules: [{\(rule)}]", baseline: baseline)
}

extension SoundnessFlag {
  /// A flag of a severity.
  static func up(_ severity: Severity) -> SoundnessFlag {
    SoundnessFlag(
      check: "noise", severity: severity, value: 0.1, threshold: 0.05, message: "Noise broke more.")
  }
}

extension String {
  /// Some copies in a row.
  static func * (text: String, count: Int) -> String { String(repeating: text, count: count) }
}
