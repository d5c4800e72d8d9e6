// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Certified accuracy against poisoned training examples, for models that vote.
enum PoisoningPlot {
  /// At most one, with a stair for each model.
  static func all(in report: Report) -> [StairPlot] {
    var seen: Set<String> = []
    let series = (report.members ?? []).compactMap { members -> StairPlot.Series? in
      // It is the same in every ball.
      guard let points = members.poisoning, seen.insert(members.variant).inserted else {
        return nil
      }
      return (members.variant, points.map { ($0.changes, $0.certifiedAccuracy.value) })
    }
    return series.isEmpty
      ? []
      : [
        StairPlot(
          pathWithoutExtension: "plots/poisoning",
          caption: "Certified accuracy against poisoned training examples",
          note: "Exact for the judged examples; intervals stand in the report.",
          columns: "examples put in or taken out, certified accuracy", axis: "set xrange [0:*]",
          label: "Training examples put in or taken out", series: series)
      ]
  }
}
