// SPDX-License-Identifier: GPL-3.0-or-later

package import Records

/// The evaluations of one report that share attacker, isolation and suite.
package struct EvaluationGroup {
  package let isolation: String
  package let threat: ThreatModel
  package let suite: String
  var rows: [EvaluationRow]

  /// Starts a group without rows from the attacker, isolation and suite of an evaluation.
  package init(_ evaluation: EvaluationRecord) {
    isolation = evaluation.isolation
    threat = evaluation.threat
    suite = evaluation.suite
    rows = []
  }

  /// The attacker in words, such as `linf, epsilon 8/255, white-box; suite quick`.
  package var caption: String {
    let radius =
      threat.constraints == nil
      ? "\(threat.norm.rawValue), epsilon \(threat.epsilon.text)"
      : "at most \(threat.epsilon.text) words changed"
    var parts = (threat.hasRadius ? [radius] : []) + (threat.constraints ?? [])
    parts.append(threat.knowledge.rawValue)
    if let budget = threat.queryBudget { parts.append("at most \(budget) queries an example") }
    if isolation != "none" { parts.append("isolation \(isolation)") }
    return parts.joined(separator: ", ") + "; suite \(suite)"
  }

  /// The groups of a report, in the order of their first evaluations.
  static func all(in report: Report) -> [EvaluationGroup] {
    let variants = Dictionary(report.variants.map { ($0.id, $0) }) { first, _ in first }
    var groups: [EvaluationGroup] = []
    for evaluation in report.evaluations {
      guard let variant = variants[evaluation.variant] else { continue }
      let row = EvaluationRow(evaluation: evaluation, variant: variant)
      let known = groups.firstIndex { $0.holds(evaluation) }
      if known == nil { groups.append(EvaluationGroup(evaluation)) }
      groups[known ?? groups.count - 1].rows.append(row)
    }
    return groups
  }

  private func holds(_ evaluation: EvaluationRecord) -> Bool {
    evaluation.isolation == isolation && evaluation.threat == threat && evaluation.suite == suite
  }
}

/// An evaluation beside the variant that it judged.
struct EvaluationRow {
  let evaluation: EvaluationRecord
  let variant: VariantRecord
}
