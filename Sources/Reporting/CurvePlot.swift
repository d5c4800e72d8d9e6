// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// A gnuplot script of robust accuracy against epsilon, a curve with its band for each variant.
struct CurvePlot: Plot {
  /// Beyond this many curves their bands would cover one another, and so would their names.
  private static let mostNamed = 8

  let pathWithoutExtension: String
  let caption: String
  let curves: [CurveRecord]
  /// What the curves are called and look like together.
  private let series: [(training: String, compression: String)]

  /// The plots of a report: one for each norm, isolation and suite.
  static func all(in report: Report) -> [CurvePlot] {
    let variants = Dictionary(report.variants.map { ($0.id, $0) }) { first, _ in first }
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
        curves: curves,
        series: curves.map { curve in
          let variant = variants[curve.variant]
          return (variant?.training ?? "", variant?.compression ?? curve.variant)
        })
    }
  }

  var script: String {
    """
    \(Gnuplot.opening(height: frame.height))
    # Each row: epsilon, then robust accuracy with the ends of its interval.
    \(blocks)
    \(frame.labels(caption, note))
    set xrange [0:*]
    set yrange [-0.02:1.02]
    set ytics 0,0.1,1
    set format y '%.1f'
    set grid ytics linecolor rgb '#dddddd' linetype 1
    set border 3 linecolor rgb '#444444'
    set tics nomirror
    set xlabel 'Epsilon, in input units'
    \(frame.margins)
    \(frame.key) samplen 4 width 2
    plot \\
      \(draws.joined(separator: ", \\\n  "))

    """
  }

  /// Whether each curve has a name and a band of its own; else those of one training and compression
  /// look alike.
  private var isNamed: Bool { curves.count <= Self.mostNamed }

  private var style: SeriesStyle { SeriesStyle(series) }

  private var note: String {
    isNamed
      ? "Bands are 95 % intervals."
      : "One curve for each model; the intervals stand in the report."
  }

  private var frame: PlotFrame {
    PlotFrame(
      legendRows: isNamed ? SeriesStyle.legendRows(curves.map(\.variant)) : style.legendRows)
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
    let (look, titles) = (style, style.titles)
    return curves.enumerated().flatMap { index, curve in
      guard isNamed else {
        return [
          draw(
            index, every: curve.points.count, colour: look.colour(of: index),
            shape: look.shape(of: index), dash: look.dash(of: index), title: titles[index])
        ]
      }
      let colour = Gnuplot.palette[index % Gnuplot.palette.count]
      return [
        "$curve\(index) using 1:3:4 with filledcurves linecolor rgb '\(colour)' "
          + "fillstyle transparent solid 0.15 notitle",
        // Points would hide a curve that has many of them.
        draw(
          index, every: max(1, curve.points.count / 8), colour: colour,
          shape: Gnuplot.points[index % Gnuplot.points.count], dash: index % 5 + 1,
          title: curve.variant),
      ]
    }
  }

  private func draw(
    _ index: Int, every: Int, colour: String, shape: Int, dash: Int, title: String?
  ) -> String {
    "$curve\(index) using 1:2 with linespoints dashtype \(dash) linewidth 1.8 "
      + "pointtype \(shape) pointsize 0.8 pointinterval \(every) linecolor rgb '\(colour)' "
      + (title.map { "title \(Gnuplot.quoted($0))" } ?? "notitle")
  }
}
