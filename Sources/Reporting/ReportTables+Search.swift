// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension ReportTables {
  /// Every candidate of every search over structures, round by round; nil where none was made.
  var search: ReportTable? {
    let rows = report.variants.enumerated().flatMap { place, variant -> [ReportTable.Row] in
      var index = 0
      return (variant.search ?? []).rounds.flatMap { round in
        let better = Set(round.betterHalf)
        return round.map { trial in
          defer { index += 1 }
          return ReportTable.Row(
            [
              variant.id, String(trial.round), String(trial.candidate), trial.epochs.fixed(2),
              String(trial.parameters), String(trial.macs), trial.cleanAccuracy.fixed(3),
              trial.robustAccuracy.fixed(3), better.contains(trial.candidate) ? "yes" : "no",
            ], of: ["variants/\(place)/search/\(index)"])
        }
      }
    }
    guard !rows.isEmpty else { return nil }
    return ReportTable(
      caption: "Candidates of the search over structures",
      columns: [
        .text("variant"), .number("round"), .number("candidate"), .number("epochs"),
        .number("prunable parameters"), .number("MACs"), .number("clean accuracy, held out"),
        .number("robust accuracy, held out"), .text("goes on"),
      ], rows: rows)
  }
}

extension ReportProse {
  /// What a search over structures is, and what its numbers are of.
  static let search =
    "Candidates of one budget are trained for a short while and compared on training examples that are"
    + " held out; the better half goes on, and the one that is left is trained in full."
}
