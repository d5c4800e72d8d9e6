// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// A form in which a report is written.
public enum ReportFormat: String, Sendable, CaseIterable {
  /// `report.md`.
  case markdown
  /// `report.html`.
  case html
  /// `results.csv`.
  case csv
  /// `report.json`.
  case json
  /// `plots/*.svg` and `.png`.
  case plots
  /// `metrics.txt`, in the text form of OpenMetrics.
  case metrics
  /// `report.schema.json`, which describes `report.json`; the command writes those of comparisons and
  /// gates beside it.
  case schema

  /// Writes a report into a folder in this form.
  ///
  /// - Parameters:
  ///   - report: The report.
  ///   - folder: Where to.
  ///   - source: The folder that the report's pictures lie in; plots that are missing there are
  ///     drawn for the page if gnuplot is installed.
  /// - Returns: The paths inside the folder that were written.
  /// - Throws: `OutputError`; ``PlotError``; `EncodingError` if a number is not finite.
  public func write(
    _ report: Report, into folder: String, picturesFrom source: String
  ) throws -> [String] {
    switch self {
    case .markdown: try write(MarkdownWriter().files(for: report), into: folder)
    case .html:
      try write(
        HTMLWriter(picture: pictures(of: report, in: source)).files(for: report), into: folder)
    case .csv: try write(try ResultsWriter().files(for: report), into: folder)
    case .json: try write(try JSONReportWriter().files(for: report), into: folder)
    case .metrics: try write(MetricsWriter().files(for: report), into: folder)
    case .schema: try write([ReportSchema.file], into: folder)
    case .plots: try PlotRenderer().draw(PlotWriter().files(for: report), into: folder)
    }
  }

  private func write(_ files: [RenderedFile], into folder: String) throws -> [String] {
    for file in files { try file.write(into: folder) }
    return files.map(\.path)
  }

  private func pictures(
    of report: Report, in source: String
  ) -> @Sendable (String) -> [UInt8]? {
    let scripts = PlotWriter().files(for: report).map { ("\($0.path.dropLast(2))svg", $0) }
    let byPath = Dictionary(scripts) { first, _ in first }
    let folder = PictureFolder(source)
    return { path in
      folder.picture(path)
        ?? byPath[path].flatMap { try? PlotRenderer().picture(of: $0, format: "svg") }
    }
  }
}
