// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Robust accuracy against queries, a stair for each attacker of a model.
enum QueryPlot {
  /// One for each ladder on which queries were spent.
  static func all(in report: Report) -> [StairPlot] {
    let evaluations = Dictionary(report.evaluations.map { ($0.id, $0) }) { first, _ in first }
    return (report.ladders ?? []).enumerated().compactMap { index, ladder in
      let series = ladder.rungs.compactMap { rung -> StairPlot.Series? in
        guard let curve = evaluations[rung.evaluation]?.queryCurve, !curve.isEmpty else {
          return nil
        }
        // A logarithmic axis has no place for zero.
        return (rung.isolation, curve.map { ($0.queries + 1, $0.robustAccuracy) })
      }
      guard !series.isEmpty else { return nil }
      return StairPlot(
        pathWithoutExtension: "plots/queries" + (index == 0 ? "" : "-\(index + 1)"),
        caption: "Robust accuracy against queries: \(ladder.caption)",
        note: "Queries to learn by are not counted; they stand in the table.",
        columns: "queries plus one, robust accuracy",
        axis: "set logscale x 10\nset xrange [1:*]", label: "Queries for one example, plus one",
        series: series)
    }
  }
}
