// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Turns a report into files; a pure function of the report.
public protocol ReportWriter: Sendable {
  /// Renders the report.
  ///
  /// - Throws: `EncodingError` if a number in it is not finite.
  func files(for report: Report) throws -> [RenderedFile]
}
