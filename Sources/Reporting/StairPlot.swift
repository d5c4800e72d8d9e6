// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// A gnuplot script of shares that fall in steps, a stair for each series.
struct StairPlot: Plot {
  /// One stair: its rows hold a place on the axis and a share.
  typealias Series = (title: String, rows: [(place: Int, share: Double)])

  let pathWithoutExtension: String
  let caption: String
  /// What must be known to read it.
  let note: String
  /// What a row of the script's data holds.
  let columns: String
  /// The commands that lay out the horizontal axis.
  let axis: String
  let label: String
  let series: [Series]

  var script: String {
    """
    \(Gnuplot.opening(height: frame.height))
    # Each row: \(columns).
    \(blocks)
    \(frame.labels(caption, note))
    \(axis)
    set yrange [-0.02:1.02]
    set ytics 0,0.1,1
    set format y '%.1f'
    set grid ytics linecolor rgb '#dddddd' linetype 1
    set border 3 linecolor rgb '#444444'
    set tics nomirror
    set xlabel '\(label)'
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
      let rows = one.rows.map { "\($0.place) \($0.share.fixed(6))" }
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
