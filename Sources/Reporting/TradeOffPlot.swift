// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// A gnuplot script of robust accuracy against what a model costs in packed bytes and in latency.
///
/// A line joins the models that no other one beats in both.
struct TradeOffPlot: Plot {
  let pathWithoutExtension: String
  let caption: String
  /// At least two.
  private let rows: [EvaluationRow]

  /// The plots of a report: one for each attacker who met two models or more.
  static func all(in report: Report) -> [TradeOffPlot] {
    var plots: [TradeOffPlot] = []
    for group in EvaluationGroup.all(in: report) where group.rows.count > 1 {
      let suffix = plots.isEmpty ? "" : "-\(plots.count + 1)"
      plots.append(
        TradeOffPlot(
          pathWithoutExtension: "plots/trade-off\(suffix)",
          caption: "Robust accuracy against size and latency on \(report.dataset.name): "
            + group.caption,
          rows: group.rows))
    }
    return plots
  }

  var script: String {
    """
    \(Gnuplot.opening(height: frame.height))
    # Each row: packed KiB, milliseconds, then robust accuracy with the ends of its interval.
    \(blocks)
    set yrange [-0.02:1.02]
    set ytics 0,0.1,1
    set format y '%.1f'
    set grid linecolor rgb '#dddddd' linetype 1
    set border 3 linecolor rgb '#444444'
    set tics nomirror
    set offsets graph 0.04, graph 0.04, 0, 0
    \(frame.margins)
    unset key
    set multiplot
    \(frame.labels(
      caption, "Bars are 95 % intervals; the dashed line joins what no other model beats."))
    \(panels)
    unset multiplot

    """
  }

  private var panels: String {
    let key = "\(frame.key) samplen 2 width 2"
    let bytes = "Packed size (KiB)"
    guard hasLatency else {
      return [key, panel(bytes, column: 1, block: "$frontBytes", left: 0.075, right: 0.970)]
        .joined(separator: "\n")
    }
    return [
      panel(bytes, column: 1, block: "$frontBytes", left: 0.075, right: 0.485), "unset label", key,
      panel(
        "Latency of one example (ms)", column: 2, block: "$frontLatency", left: 0.575, right: 0.970),
    ].joined(separator: "\n")
  }

  private func panel(
    _ label: String, column: Int, block: String, left: Double, right: Double
  ) -> String {
    let (look, titles) = (style, style.titles)
    let draws = titles.indices.flatMap { index in
      let colour = "linecolor rgb '\(look.colour(of: index))'"
      let title = titles[index].map { "title \(Gnuplot.quoted($0))" } ?? "notitle"
      return [
        "$series\(index) using \(column):3:4:5 with yerrorbars pointtype 0 linewidth 1.2 \(colour) "
          + "notitle",
        "$series\(index) using \(column):3 with points pointtype \(look.shape(of: index)) "
          + "pointsize 0.9 \(colour) \(title)",
      ]
    }
    let front = "\(block) using 1:2 with lines dashtype 2 linewidth 1.2 linecolor rgb '#888888' "
    return """
      set lmargin at screen \(left.fixed(3))
      set rmargin at screen \(right.fixed(3))
      set xlabel '\(label)'
      plot \\
        \(([front + "notitle"] + draws).joined(separator: ", \\\n  "))
      """
  }

  private var blocks: String {
    let points = series.enumerated().map { index, series in
      let lines = series.rows.map { row in
        let robust = row.evaluation.robustAccuracy
        return [
          kibibytes(row), row.variant.latency?.median ?? 0, robust.value, robust.low, robust.high,
        ].map { $0.fixed(6) }.joined(separator: " ")
      }
      return "$series\(index) << EOD\n" + lines.joined(separator: "\n") + "\nEOD"
    }
    var fronts = [front("$frontBytes") { kibibytes($0) }]
    if hasLatency { fronts.append(front("$frontLatency") { $0.variant.latency?.median ?? 0 }) }
    return (points + fronts).joined(separator: "\n")
  }

  private func front(_ name: String, _ cost: (EvaluationRow) -> Double) -> String {
    let points = rows.map { (cost: cost($0), worth: $0.evaluation.robustAccuracy.value) }
    let lines = TradeOffFront.indices(points).map {
      "\(points[$0].cost.fixed(6)) \(points[$0].worth.fixed(6))"
    }
    return "\(name) << EOD\n" + lines.joined(separator: "\n") + "\nEOD"
  }

  private func kibibytes(_ row: EvaluationRow) -> Double { Double(row.variant.packedBytes) / 1024 }

  private var hasLatency: Bool { rows.allSatisfy { $0.variant.latency != nil } }

  private var frame: PlotFrame { PlotFrame(legendRows: style.legendRows) }

  private var style: SeriesStyle { SeriesStyle(series.map { ($0.training, $0.compression) }) }

  /// The rows by training and compression, in the order of their first ones.
  private var series: [(training: String, compression: String, rows: [EvaluationRow])] {
    var series: [(training: String, compression: String, rows: [EvaluationRow])] = []
    for row in rows {
      let known = series.firstIndex {
        $0.training == row.variant.training && $0.compression == row.variant.compression
      }
      if let known {
        series[known].rows.append(row)
      } else {
        series.append((row.variant.training, row.variant.compression, [row]))
      }
    }
    return series
  }
}
