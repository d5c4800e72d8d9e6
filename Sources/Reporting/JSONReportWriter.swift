// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Writes `report.json`, from which every other format can be made again.
public struct JSONReportWriter: ReportWriter {
  /// Creates a writer.
  public init() {}

  /// Renders `report.json`.
  ///
  /// - Throws: `EncodingError` if a number in the report is not finite.
  public func files(for report: Report) throws -> [RenderedFile] {
    [RenderedFile(path: "report.json", text: try CanonicalJSON.text(report))]
  }
}
