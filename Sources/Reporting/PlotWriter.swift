// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Writes gnuplot scripts that draw accuracy against sparsity and robust accuracy against epsilon, one
/// of each for each attacker.
///
/// A script holds its own data, so that anyone can draw it again, larger or in other colours.
public struct PlotWriter: ReportWriter {
  /// Creates a writer.
  public init() {}

  /// Renders `plots/*.gp`; none for an attacker whose variants all have one sparsity.
  public func files(for report: Report) -> [RenderedFile] {
    plots(in: report).map { plot in
      RenderedFile(path: plot.pathWithoutExtension + ".gp", text: plot.script)
    }
      + CurvePlot.all(in: report).map { plot in
        RenderedFile(path: plot.pathWithoutExtension + ".gp", text: plot.script)
      }
  }

  /// The plots of a report, numbered from the second attacker on.
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
