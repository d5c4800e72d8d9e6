// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// A gnuplot script with two panels: clean and robust accuracy against sparsity.
///
/// Colour tells the training, point and dash the compression. Curves stand a little apart sideways,
/// so that intervals at one sparsity do not cover each other.
struct AccuracyPlot {
  let pathWithoutExtension: String
  let caption: String
  let curves: [AccuracyCurve]

  /// The script; it draws to standard output, or `format` (`svg` or `png`) set before says how.
  var script: String {
    """
    \(Gnuplot.opening(height: 550))
    # Each row: sparsity, then value, low and high of clean, then of robust accuracy.
    \(blocks)
    \(style)
    set multiplot
    set label 1 \(Gnuplot.quoted(caption)) at screen 0.5,0.97 center
    set label 2 \(Gnuplot.quoted(note)) at screen 0.5,0.93 center textcolor rgb '#444444'
    \(panel("Clean accuracy", columns: (2, 3, 4), left: 0.075, right: 0.485))
    unset label
    set key at screen 0.5,0.19 center top Left reverse \\
      maxrows \(legendRows) samplen 4 width 2
    \(panel("Robust accuracy", columns: (5, 6, 7), left: 0.575, right: 0.985))
    unset multiplot

    """
  }

  private var note: String {
    "Bars are 95 % intervals" + (curves.count > 1 ? "; curves stand a little apart sideways." : ".")
  }

  /// As few rows as titles of this length fit side by side, in at most four columns.
  private var legendRows: Int {
    let titles = legend.compactMap(\.self)
    let longest = titles.map(\.count).max() ?? 0
    let columns = min(4, max(1, 125 / (longest + 14)))
    return max(1, (titles.count + columns - 1) / columns)
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
    curves.flatMap { $0.points.map(\.sparsity) }.max() ?? 0
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
      set tmargin at screen 0.85
      set bmargin at screen 0.30
      unset key
      """
  }

  private func panel(
    _ title: String, columns: (Int, Int, Int), left: Double, right: Double
  ) -> String {
    let (value, low, high) = columns
    let draws = curves.indices.flatMap { index in
      let colour = "linecolor rgb '\(colour(of: index))'"
      let shape = "pointtype \(shape(of: index)) pointsize 0.8 \(colour)"
      let title = legend[index].map { "title \(Gnuplot.quoted($0))" } ?? "notitle"
      let block = "$curve\(index)"
      return [
        "\(block) using 1:\(value):\(low):\(high) with yerrorbars pointtype 0 linewidth 1.2 "
          + "\(colour) notitle",
        "\(block) using 1:\(value) with linespoints dashtype \(dash(of: index)) linewidth 1.8 "
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

  /// Titles of the curves; nil for another seed of a curve that has its title already.
  private var legend: [String?] {
    var seen: Set<String> = []
    return curves.map { curve in
      let title = "\(curve.training), \(curve.compression)"
      return seen.insert(title).inserted ? title : nil
    }
  }

  private func colour(of index: Int) -> String {
    let place = place(of: curves[index].training, among: curves.map(\.training))
    return Gnuplot.palette[place % Gnuplot.palette.count]
  }

  private func shape(of index: Int) -> Int {
    let place = place(of: curves[index].compression, among: curves.map(\.compression))
    return Gnuplot.points[place % Gnuplot.points.count]
  }

  private func dash(of index: Int) -> Int {
    place(of: curves[index].compression, among: curves.map(\.compression)) % 5 + 1
  }

  /// The position of a name among the different names.
  private func place(of name: String, among names: [String]) -> Int {
    var different: [String] = []
    for other in names where !different.contains(other) { different.append(other) }
    return different.firstIndex(of: name) ?? 0
  }
}
