// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Writes gnuplot scripts that draw accuracy against sparsity, robust accuracy against epsilon, and
/// robust accuracy against size and latency, one of each for each attacker, and what searches tried.
///
/// A script holds its own data, so that anyone can draw it again, larger or in other colours.
public struct PlotWriter: ReportWriter {
  /// Creates a writer.
  public init() {}

  /// Renders `plots/*.gp`; none against sparsity for an attacker whose variants all have one.
  public func files(for report: Report) -> [RenderedFile] {
    all(in: report).map { plot in
      RenderedFile(path: plot.pathWithoutExtension + ".gp", text: plot.script)
    }
  }

  /// Every plot of a report.
  func all(in report: Report) -> [any Plot] {
    plots(in: report) + CurvePlot.all(in: report) + TradeOffPlot.all(in: report)
      + QueryPlot.all(in: report) + TransferPlot.all(in: report) + PoisoningPlot.all(in: report)
      + SearchPlot.all(in: report)
  }

  /// The plots against sparsity, numbered from the second attacker on.
  func plots(in report: Report) -> [AccuracyPlot] {
    var plots: [AccuracyPlot] = []
    for group in EvaluationGroup.all(in: report) {
      let curves = AccuracyCurve.all(in: group)
      guard curves.contains(where: { Set($0.points.map(\.sparsity)).count > 1 }) else { continue }
      let suffix = plots.isEmpty ? "" : "-\(plots.count + 1)"
      plots.append(
        AccuracyPlot(
          pathWithoutExtension: "plots/accuracy" + suffix,
          caption: "Accuracy against sparsity on \(report.dataset.name): \(group.caption)",
          curves: curves))
    }
    return plots
  }
}
