// SPDX-License-Identifier: GPL-3.0-or-later

/// Lines of comma-separated values as RFC 4180 has them.
///
/// > Source: Shafranovich. "Common Format and MIME Type for Comma-Separated Values (CSV) Files."
/// > [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180), section 2.
enum CSV {
  /// One record with its line break, `CRLF`.
  static func line(_ fields: [String]) -> String {
    fields.map(field).joined(separator: ",") + "\r\n"
  }

  /// Quotes a field that holds a comma, a quote or a line break.
  static func field(_ text: String) -> String {
    let special = text.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0D || $0 == 0x0A }
    guard special else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
