// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// A gnuplot script with two panels: clean and robust accuracy against sparsity.
///
/// Colour tells the training, point and dash the compression. Curves stand a little apart sideways,
/// so that intervals at one sparsity do not cover each other.
struct AccuracyPlot: Plot {
  let pathWithoutExtension: String
  let caption: String
  let curves: [AccuracyCurve]

  var script: String {
    """
    \(Gnuplot.opening(height: frame.height))
    # Each row: sparsity, then value, low and high of clean, then of robust accuracy.
    \(blocks)
    \(style)
    set multiplot
    \(frame.labels(caption, note))
    \(panel("Clean accuracy", columns: (2, 3, 4), left: 0.075, right: 0.485))
    unset label
    \(frame.key) samplen 4 width 2
    \(panel("Robust accuracy", columns: (5, 6, 7), left: 0.575, right: 0.985))
    unset multiplot

    """
  }

  private var note: String {
    "Bars are 95 % intervals" + (curves.count > 1 ? "; curves stand a little apart sideways." : ".")
  }

  private var blocks: String {
    curves.enumerated().map { index, curve in
      let rows = curve.points.map { point in
        ([point.sparsity + offset(of: index)] + triple(point.clean) + triple(point.robust))
          .map { $0.fixed(6) }.joined(separator: " ")
      }
      return "$curve\(index) << EOD\n" + rows.joined(separator: "\n") + "\nEOD"
    }.joined(separator: "\n")
  }

  private func triple(_ estimate: Estimate) -> [Double] {
    [estimate.value, estimate.low, estimate.high]
  }

  private var largestSparsity: Double {
    // A narrower axis has no room between its ends as they are printed.
    max(0.001, curves.flatMap { $0.points.map(\.sparsity) }.max() ?? 0)
  }

  /// How far a curve stands to the side: all together within six hundredths of the axis.
  private func offset(of index: Int) -> Double {
    guard curves.count > 1 else { return 0 }
    let place = Double(index) / Double(curves.count - 1) - 0.5
    return place * min(0.06, 0.0125 * Double(curves.count - 1)) * largestSparsity
  }

  private var style: String {
    let low = (-0.06 * largestSparsity).fixed(4)
    let high = (1.06 * largestSparsity).fixed(4)
    return """
      set xrange [\(low):\(high)]
      set yrange [-0.02:1.02]
      set ytics 0,0.1,1
      set format y '%.1f'
      set format x '%.2g'
      set grid ytics linecolor rgb '#dddddd' linetype 1
      set border 3 linecolor rgb '#444444'
      set tics nomirror
      set xlabel 'Sparsity achieved'
      \(frame.margins)
      unset key
      """
  }

  private func panel(
    _ title: String, columns: (Int, Int, Int), left: Double, right: Double
  ) -> String {
    let (value, low, high) = columns
    let (look, legend) = (seriesStyle, seriesStyle.titles)
    let draws = curves.indices.flatMap { index in
      let colour = "linecolor rgb '\(look.colour(of: index))'"
      let shape = "pointtype \(look.shape(of: index)) pointsize 0.8 \(colour)"
      let title = legend[index].map { "title \(Gnuplot.quoted($0))" } ?? "notitle"
      let block = "$curve\(index)"
      return [
        "\(block) using 1:\(value):\(low):\(high) with yerrorbars pointtype 0 linewidth 1.2 "
          + "\(colour) notitle",
        "\(block) using 1:\(value) with linespoints dashtype \(look.dash(of: index)) linewidth 1.8 "
          + "\(shape) \(title)",
      ]
    }
    return """
      set lmargin at screen \(left.fixed(3))
      set rmargin at screen \(right.fixed(3))
      set title '\(title)'
      plot \\
        \(draws.joined(separator: ", \\\n  "))
      """
  }

  private var frame: PlotFrame { PlotFrame(legendRows: seriesStyle.legendRows) }

  private var seriesStyle: SeriesStyle {
    SeriesStyle(curves.map { ($0.training, $0.compression) })
  }
}
