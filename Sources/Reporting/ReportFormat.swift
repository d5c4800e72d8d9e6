// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// A form in which a report is written.
public enum ReportFormat: String, Sendable, CaseIterable {
  /// `report.md`.
  case markdown
  /// `results.csv`.
  case csv
  /// `report.json`.
  case json
  /// `plots/*.svg` and `.png`.
  case plots
  /// `report.schema.json`, which describes `report.json`.
  case schema

  /// Writes a report into a folder in this form.
  ///
  /// - Returns: The paths inside the folder that were written.
  /// - Throws: `OutputError`; ``PlotError``; `EncodingError` if a number is not finite.
  public func write(_ report: Report, into folder: String) throws -> [String] {
    switch self {
    case .markdown: try write(MarkdownWriter().files(for: report), into: folder)
    case .csv: try write(try ResultsWriter().files(for: report), into: folder)
    case .json: try write(try JSONReportWriter().files(for: report), into: folder)
    case .schema: try write([ReportSchema.file], into: folder)
    case .plots: try PlotRenderer().draw(PlotWriter().files(for: report), into: folder)
    }
  }

  private func write(_ files: [RenderedFile], into folder: String) throws -> [String] {
    for file in files { try file.write(into: folder) }
    return files.map(\.path)
  }
}
