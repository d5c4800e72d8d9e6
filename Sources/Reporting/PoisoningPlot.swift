// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// A gnuplot script of certified accuracy against poisoned training examples, for models that vote.
struct PoisoningPlot: Plot {
  let pathWithoutExtension = "plots/poisoning"
  let caption: String
  let series: [(title: String, points: [MembersRecord.Poisoning])]

  /// At most one, with a stair for each model.
  static func all(in report: Report) -> [PoisoningPlot] {
    var seen: Set<String> = []
    let series = (report.members ?? []).compactMap { members in
      members.poisoning.flatMap { points in
        // It is the same in every ball.
        seen.insert(members.variant).inserted ? (members.variant, points) : nil
      }
    }
    return series.isEmpty
      ? []
      : [
        PoisoningPlot(
          caption: "Certified accuracy against poisoned training examples", series: series)
      ]
  }

  var script: String {
    """
    \(Gnuplot.opening(height: frame.height))
    # Each row: examples put in or taken out, certified accuracy.
    \(blocks)
    \(frame.labels(caption, "Exact for the judged examples; intervals stand in the report."))
    set xrange [0:*]
    set yrange [-0.02:1.02]
    set ytics 0,0.1,1
    set format y '%.1f'
    set grid ytics linecolor rgb '#dddddd' linetype 1
    set border 3 linecolor rgb '#444444'
    set tics nomirror
    set xlabel 'Training examples put in or taken out'
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
      let rows = one.points.map { "\($0.changes) \($0.certifiedAccuracy.value.fixed(6))" }
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
