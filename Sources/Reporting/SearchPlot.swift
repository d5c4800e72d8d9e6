// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// A gnuplot script of what a search over structures tried: the held-out robust accuracy of every
/// candidate against its parameters, round by round.
struct SearchPlot: Plot {
  let pathWithoutExtension: String
  let caption: String
  /// At least one.
  private let trials: [TrialRecord]

  /// The plots of a report: one for each variant that was searched for.
  static func all(in report: Report) -> [SearchPlot] {
    var plots: [SearchPlot] = []
    for variant in report.variants {
      guard let trials = variant.search, !trials.isEmpty else { continue }
      let suffix = plots.isEmpty ? "" : "-\(plots.count + 1)"
      plots.append(
        SearchPlot(
          pathWithoutExtension: "plots/search\(suffix)",
          caption: "Search over structures of \(variant.id)", trials: trials))
    }
    return plots
  }

  var script: String {
    """
    \(Gnuplot.opening(height: frame.height))
    # Each row: prunable parameters, robust accuracy on held-out examples, the candidate's number.
    \(blocks)
    \(frame.labels(
      caption, "Numbers name candidates; the ring is the one that was trained in full."))
    set format y '%.2f'
    set format x '%.0f'
    set grid linecolor rgb '#dddddd' linetype 1
    set border 3 linecolor rgb '#444444'
    set tics nomirror
    set offsets graph 0.05, graph 0.05, graph 0.08, graph 0.08
    set xlabel 'Prunable parameters'
    set ylabel 'Robust accuracy, held-out examples'
    \(frame.margins)
    \(frame.key) samplen 2 width 2
    plot \\
      \(draws.joined(separator: ", \\\n  "))

    """
  }

  private var rounds: [[TrialRecord]] { trials.rounds }

  private var titles: [String] {
    rounds.map { "round \($0[0].round), \($0[0].epochs.fixed(2)) epochs" }
  }

  private var frame: PlotFrame { PlotFrame(legendRows: SeriesStyle.legendRows(titles)) }

  private var winners: [TrialRecord] {
    guard let last = rounds.last, let winner = last.betterHalf.first else { return [] }
    return last.filter { $0.candidate == winner }
  }

  private var blocks: String {
    func block(_ name: String, _ trials: [TrialRecord]) -> String {
      let rows = trials.map { "\($0.parameters) \($0.robustAccuracy.fixed(6)) \($0.candidate)" }
      return "\(name) << EOD\n" + rows.joined(separator: "\n") + "\nEOD"
    }
    return (rounds.enumerated().map { block("$round\($0)", $1) } + [block("$winner", winners)])
      .joined(separator: "\n")
  }

  private var draws: [String] {
    let points = titles.enumerated().flatMap { index, title in
      let colour = "linecolor rgb '\(Gnuplot.palette[index % Gnuplot.palette.count])'"
      return [
        "$round\(index) using 1:2 with points pointtype "
          + "\(Gnuplot.points[index % Gnuplot.points.count]) pointsize 0.9 \(colour) "
          + "title \(Gnuplot.quoted(title))",
        "$round\(index) using 1:2:3 with labels offset 0.9,0.5 font ',10' notitle",
      ]
    }
    return points
      + ["$winner using 1:2 with points pointtype 6 pointsize 2.2 linecolor rgb '#444444' notitle"]
  }
}

extension [TrialRecord] {
  /// The trials of each round, in order.
  var rounds: [[TrialRecord]] {
    reduce(into: []) { rounds, trial in
      if let last = rounds.last?.last, last.round == trial.round {
        rounds[rounds.count - 1].append(trial)
      } else {
        rounds.append([trial])
      }
    }
  }
}
