// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension ReportTables {
  /// Which models of one attacker no other one beats, in robustness and size, or robustness and
  /// latency; those on a front alone.
  func front(of group: EvaluationGroup) -> ReportTable {
    let bySize = Set(
      TradeOffFront.indices(
        group.rows.map {
          (Double($0.variant.packedBytes), $0.evaluation.robustAccuracy.value)
        }))
    let timed = group.rows.indices.filter { group.rows[$0].variant.latency != nil }
    let byLatency = Set(
      TradeOffFront.indices(
        timed.map {
          (
            group.rows[$0].variant.latency?.median ?? 0,
            group.rows[$0].evaluation.robustAccuracy.value
          )
        }
      ).map { timed[$0] })
    let rows = group.rows.indices.filter { bySize.contains($0) || byLatency.contains($0) }
    return ReportTable(
      caption: "Models that no other one beats, \(group.caption)",
      columns: [
        .text("not beaten by another"), .text("in"), .number("robust accuracy"),
        .number("packed bytes"), .number("latency (ms)"),
      ],
      rows: rows.map { index in
        let row = group.rows[index]
        let kinds = [
          bySize.contains(index) ? "size" : nil, byLatency.contains(index) ? "latency" : nil,
        ].compactMap(\.self)
        return ReportTable.Row(
          [
            row.variant.id, kinds.joined(separator: " and "),
            row.evaluation.robustAccuracy.text(examples: row.evaluation.examples),
            String(row.variant.packedBytes), row.variant.latency?.text ?? "not measured",
          ],
          of: [place(ofEvaluation: row.evaluation.id), place(ofVariant: row.variant.id)])
      })
  }
}
