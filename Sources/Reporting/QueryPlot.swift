// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// A gnuplot script of robust accuracy against queries, a stair for each attacker of a model.
struct QueryPlot: Plot {
  let pathWithoutExtension: String
  let caption: String
  let series: [(title: String, points: [QueryPoint])]

  /// One for each ladder on which queries were spent.
  static func all(in report: Report) -> [QueryPlot] {
    let evaluations = Dictionary(report.evaluations.map { ($0.id, $0) }) { first, _ in first }
    return (report.ladders ?? []).enumerated().compactMap { index, ladder in
      let series = ladder.rungs.compactMap { rung -> (title: String, points: [QueryPoint])? in
        guard let curve = evaluations[rung.evaluation]?.queryCurve, !curve.isEmpty else {
          return nil
        }
        return (rung.isolation, curve)
      }
      guard !series.isEmpty else { return nil }
      return QueryPlot(
        pathWithoutExtension: "plots/queries" + (index == 0 ? "" : "-\(index + 1)"),
        caption: "Robust accuracy against queries: \(ladder.caption)", series: series)
    }
  }

  var script: String {
    """
    \(Gnuplot.opening(height: frame.height))
    # Each row: queries plus one, robust accuracy.
    \(blocks)
    \(frame.labels(caption, "Queries to learn by are not counted; they stand in the table."))
    set logscale x 10
    set xrange [1:*]
    set yrange [-0.02:1.02]
    set ytics 0,0.1,1
    set format y '%.1f'
    set grid ytics linecolor rgb '#dddddd' linetype 1
    set border 3 linecolor rgb '#444444'
    set tics nomirror
    set xlabel 'Queries for one example, plus one'
    \(frame.margins)
    \(frame.key) samplen 4 width 2
    plot \\
      \(draws.joined(separator: ", \\\n  "))

    """
  }

  private var frame: PlotFrame {
    PlotFrame(legendRows: SeriesStyle.legendRows(series.map(\.title)))
  }

  private var blocks: String {
    series.enumerated().map { index, one in
      let rows = one.points.map { "\($0.queries + 1) \($0.robustAccuracy.fixed(6))" }
      return "$curve\(index) << EOD\n" + rows.joined(separator: "\n") + "\nEOD"
    }.joined(separator: "\n")
  }

  private var draws: [String] {
    series.enumerated().map { index, one in
      "$curve\(index) using 1:2 with steps linewidth 1.8 dashtype \(index % 5 + 1) linecolor rgb "
        + "'\(Gnuplot.palette[index % Gnuplot.palette.count])' title \(Gnuplot.quoted(one.title))"
    }
  }
}
