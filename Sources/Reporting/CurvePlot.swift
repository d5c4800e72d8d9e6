// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// A gnuplot script of robust accuracy against epsilon, a curve with its band for each variant.
struct CurvePlot {
  let pathWithoutExtension: String
  let caption: String
  let curves: [CurveRecord]

  /// The plots of a report: one for each norm, isolation and suite.
  static func all(in report: Report) -> [CurvePlot] {
    var groups: [[CurveRecord]] = []
    for curve in report.curves ?? [] {
      let known = groups.firstIndex {
        $0[0].norm == curve.norm && $0[0].isolation == curve.isolation && $0[0].suite == curve.suite
      }
      if let known { groups[known].append(curve) } else { groups.append([curve]) }
    }
    return groups.enumerated().map { index, curves in
      let suffix = index == 0 ? "" : "-\(index + 1)"
      let isolation = curves[0].isolation == "none" ? "" : ", isolation \(curves[0].isolation)"
      return CurvePlot(
        pathWithoutExtension: "plots/security\(suffix)",
        caption: "Robust accuracy against epsilon (\(curves[0].norm.rawValue)\(isolation)) on "
          + report.dataset.name,
        curves: curves)
    }
  }

  /// The script; it draws to standard output, or `format` (`svg` or `png`) set before says how.
  var script: String {
    """
    \(Gnuplot.opening(height: 560))
    # Each row: epsilon, then robust accuracy with the ends of its interval.
    \(blocks)
    set label 1 \(Gnuplot.quoted(caption)) at screen 0.5,0.97 center
    set label 2 'Bands are 95 % intervals.' at screen 0.5,0.93 center textcolor rgb '#444444'
    set xrange [0:*]
    set yrange [-0.02:1.02]
    set ytics 0,0.1,1
    set format y '%.1f'
    set grid ytics linecolor rgb '#dddddd' linetype 1
    set border 3 linecolor rgb '#444444'
    set tics nomirror
    set xlabel 'Epsilon, in input units'
    set tmargin at screen 0.88
    set bmargin at screen 0.32
    set key at screen 0.5,0.21 center top Left reverse maxrows \(legendRows) samplen 4 width 2
    plot \\
      \(draws.joined(separator: ", \\\n  "))

    """
  }

  private var legendRows: Int {
    let longest = curves.map(\.variant.count).max() ?? 0
    let columns = min(3, max(1, 130 / (longest + 12)))
    return max(1, (curves.count + columns - 1) / columns)
  }

  private var blocks: String {
    curves.enumerated().map { index, curve in
      let rows = curve.points.map { point in
        [point.epsilon, point.accuracy.value, point.accuracy.low, point.accuracy.high]
          .map { $0.fixed(6) }.joined(separator: " ")
      }
      return "$curve\(index) << EOD\n" + rows.joined(separator: "\n") + "\nEOD"
    }.joined(separator: "\n")
  }

  private var draws: [String] {
    curves.enumerated().flatMap { index, curve in
      let colour = "linecolor rgb '\(Gnuplot.palette[index % Gnuplot.palette.count])'"
      let shape = Gnuplot.points[index % Gnuplot.points.count]
      // Points would hide a curve that has many of them.
      let every = max(1, curve.points.count / 8)
      return [
        "$curve\(index) using 1:3:4 with filledcurves \(colour) fillstyle transparent solid 0.15 "
          + "notitle",
        "$curve\(index) using 1:2 with linespoints dashtype \(index % 5 + 1) linewidth 1.8 "
          + "pointtype \(shape) pointsize 0.8 pointinterval \(every) \(colour) "
          + "title \(Gnuplot.quoted(curve.variant))",
      ]
    }
  }
}
