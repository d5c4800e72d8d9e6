// SPDX-License-Identifier: GPL-3.0-or-later

/// A well-formed piece of an HTML page.
///
/// Text and attribute values are escaped where they enter, so that no name in a report can be taken
/// for markup.
package struct HTML: Sendable {
  /// The piece as it stands in the file.
  package let markup: String

  private init(markup: String) { self.markup = markup }

  /// Text that stands for itself; characters that HTML forbids become a replacement.
  package static func text(_ text: String) -> HTML { HTML(markup: escaped(text)) }

  /// Several pieces in a row.
  package static func group(_ pieces: [HTML]) -> HTML {
    HTML(markup: pieces.map(\.markup).joined())
  }

  /// An element with its attributes in the given order.
  package static func element(
    _ name: String, _ attributes: KeyValuePairs<String, String>, _ children: [HTML]
  ) -> HTML {
    let inside = children.map(\.markup).joined()
    return HTML(markup: "<\(name)\(written(attributes))>\(inside)</\(name)>")
  }

  /// An element that holds nothing but text.
  package static func element(
    _ name: String, _ attributes: KeyValuePairs<String, String>, _ text: String
  ) -> HTML {
    element(name, attributes, [.text(text)])
  }

  /// An element without attributes.
  package static func element(_ name: String, _ children: [HTML]) -> HTML {
    element(name, [:], children)
  }

  /// An element without attributes that holds nothing but text.
  package static func element(_ name: String, _ text: String) -> HTML {
    element(name, [:], [.text(text)])
  }

  /// An element that never has content, such as a picture.
  package static func void(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:]
  ) -> HTML {
    HTML(markup: "<\(name)\(written(attributes))>")
  }

  /// The same piece with a line break behind it, which keeps files readable and shows nowhere.
  package var line: HTML { HTML(markup: markup + "\n") }

  /// The page's own style sheet, which holds no foreign text.
  static func style(_ sheet: String) -> HTML { HTML(markup: "<style>\n\(sheet)\n</style>") }

  private static func written(_ attributes: KeyValuePairs<String, String>) -> String {
    attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
  }

  private static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      case "\n", "\t": result.append(" ")
      case _ where isForbidden(scalar): result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// Characters that a page must not hold, and those that turn the direction of what follows them.
  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0xFDD0...0xFDEF: true
    default: scalar.value & 0xFFFE == 0xFFFE
    }
  }
}
