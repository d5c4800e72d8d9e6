// SPDX-License-Identifier: GPL-3.0-or-later

/// Prose for a terminal.
enum TextWrap {
  private static let width = 100

  /// Breaks a text into lines between words; all but the first are indented below the bullet's text.
  ///
  /// A word longer than a line is cut.
  static func lines(of text: String, bullet: String) -> [String] {
    let indent = String(repeating: " ", count: bullet.count)
    let room = width - bullet.count
    var lines: [String] = []
    var line = ""
    for word in printable(text).split(separator: " ") {
      var rest = word
      if !line.isEmpty, line.count + 1 + rest.count > room {
        lines.append(line)
        line = ""
      }
      while rest.count > room {
        lines.append(String(rest.prefix(room)))
        rest = rest.dropFirst(room)
      }
      line += (line.isEmpty ? "" : " ") + rest
    }
    if !line.isEmpty { lines.append(line) }
    return lines.enumerated().map { ($0 == 0 ? bullet : indent) + $1 }
  }

  /// The text with a dot for each character that a terminal would obey instead of showing.
  static func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: result += "·"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
