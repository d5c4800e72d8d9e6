// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Whether what was judged may ship: by a policy where one was held against the report.
extension HTMLWriter {
  /// The answer of a policy, or what the tests and flags alone say.
  func shipping(_ summary: ReportSummary) -> (kind: String?, lines: [HTML]) {
    guard let gate = summary.report.gate else { return withoutPolicy(summary) }
    let open = gate.rules.filter { $0.verdict != .pass }.map {
      HTML.element("li", ["data-of": "gate"], "\($0.verdict.rawValue): \($0.id)").line
    }
    let blocked = summary.flagged(.blocking)
    // A policy that asks for no robust accuracy has nothing that such a flag takes away.
    let warning =
      blocked > 0 && gate.verdict != .refused
      ? [HTMLPage.paragraph("A blocking flag is up on \(blocked) evaluations all the same.")] : []
    let link = HTML.element("a", ["href": "#gate"], "Every rule with its evidence")
    return (
      gate.rules.isEmpty ? nil : gate.verdict.kind,
      [HTML.element("p", ["data-of": "gate"], gate.statement).line]
        + (open.isEmpty ? [] : [HTML.element("ul", open).line])
        + warning + [HTML.element("p", [link]).line]
    )
  }

  /// Every rule of the policy that was held against the report, with its evidence.
  func gate(of report: Report, _ tables: ReportTables) -> [HTML] {
    guard let gate = report.gate else { return [] }
    return [HTML.element("p", ["data-of": "gate"], gate.statement).line]
      + (gate.rules.isEmpty ? [] : folding(tables.gate(gate)))
  }

  private func withoutPolicy(_ summary: ReportSummary) -> (kind: String?, lines: [HTML]) {
    let blocked = summary.flagged(.blocking)
    let worse = summary.rows.count(where: \.isWorse)
    var kind: String?
    var lines: [HTML] = []
    if blocked > 0 {
      kind = "worse"
      lines.append(
        HTMLPage.paragraph(
          "Not on these numbers: \(blocked) evaluations have a blocking flag, which a gate refuses."
        ))
    } else if worse > 0 {
      kind = "worse"
      let often = worse == 1 ? "once" : "\(worse) times"
      lines.append(HTMLPage.paragraph("Not without a reason: a loss is shown \(often)."))
    } else if summary.worst.isEmpty {
      lines.append(HTMLPage.paragraph("Nothing here can tell."))
    } else {
      lines.append(HTMLPage.paragraph("Nothing here forbids it: no loss was shown."))
    }
    if let worst = summary.worst.min(by: { low($0, summary) < low($1, summary) }),
      low(worst, summary) < 0
    {
      let comparison = summary.report.comparisons[worst]
      let points = (-comparison.low * 100).fixed(1)
      lines.append(
        HTML.element(
          "p", ["data-of": "comparisons/\(worst)"],
          "The data leave room for a loss of \(points) points, of \(comparison.head)."
        ).line)
    }
    lines.append(HTMLPage.paragraph("How much may be lost is for a policy to say:"))
    lines.append(
      HTML.element("code", ["class": "command"], "robust-eval gate RUN --policy policy.yaml").line)
    return (kind, lines)
  }

  private func low(_ place: Int, _ summary: ReportSummary) -> Double {
    summary.report.comparisons[place].low
  }
}
