// SPDX-License-Identifier: GPL-3.0-or-later

/// Text inside GitHub's Markdown.
package enum Markdown {
  /// Makes text stand for itself: no markup, no HTML, one line.
  package static func escaped(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var result = ""
    for (index, scalar) in scalars.enumerated() {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "_" where isInsideWord(index, scalars): result += "_"
      case "]" where !opensLink(index + 1, scalars): result += "]"
      case "\\", "|", "`", "*", "_", "]", "#", "~": result += "\\" + String(scalar)
      default: result += isLineOrControl(scalar) ? " " : String(scalar)
      }
    }
    return result
  }

  /// Text in the type of code; backticks inside become quotes.
  package static func code(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar in
      scalar == "`" ? "'" : isLineOrControl(scalar) ? " " : String(scalar)
    }
    return "`" + scalars.joined() + "`"
  }

  /// An underscore between two letters or digits marks nothing up.
  private static func isInsideWord(_ index: Int, _ scalars: [Unicode.Scalar]) -> Bool {
    guard index > 0, index + 1 < scalars.count else { return false }
    return [scalars[index - 1], scalars[index + 1]].allSatisfy {
      $0.properties.isAlphabetic || $0.properties.numericType != nil
    }
  }

  /// Brackets make a link only where one of these follows; elsewhere they are an interval's.
  private static func opensLink(_ index: Int, _ scalars: [Unicode.Scalar]) -> Bool {
    guard index < scalars.count else { return false }
    return ["(", "[", ":"].contains(scalars[index])
  }

  private static func isLineOrControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
