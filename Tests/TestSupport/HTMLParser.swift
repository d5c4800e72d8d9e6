// SPDX-License-Identifier: GPL-3.0-or-later

/// Reads a page far more strictly than a browser does.
///
/// Every element must be closed where it was opened, every attribute quoted and stated once, every
/// `&` an entity that is known. Nothing may be left to a browser's mercy.
public struct HTMLParser {
  /// What is wrong with a page, and where.
  public struct Problem: Error, CustomStringConvertible {
    /// What is wrong.
    public let description: String
  }

  static let void: Set<String> = ["meta", "img", "br"]
  private static let entities = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "#39": "'"]

  private let scalars: [Unicode.Scalar]
  private var place = 0

  private init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// Parses a whole file.
  ///
  /// - Returns: The element `html`.
  /// - Throws: ``Problem``.
  public static func parse(_ text: String) throws -> HTMLElement {
    var parser = HTMLParser(text)
    try parser.expect("<!DOCTYPE html>\n")
    let root = HTMLElement("", [:])
    var open = [root]
    while parser.place < parser.scalars.count {
      try parser.step(&open)
    }
    guard open.count == 1, root.elements.map(\.name) == ["html"] else {
      throw Problem(description: "'\(open.last?.name ?? "")' is not closed")
    }
    return root.elements[0]
  }

  private mutating func step(_ open: inout [HTMLElement]) throws {
    guard scalars[place] == "<" else {
      let isStyle = open[open.count - 1].name == "style"
      let text = try isStyle ? raw(upTo: "</style") : characters(upTo: "<")
      open[open.count - 1].children.append(.text(text))
      return
    }
    place += 1
    if scalars[place] == "/" {
      place += 1
      let name = word()
      try expect(">")
      guard open.count > 1, open[open.count - 1].name == name else {
        throw Problem(description: "</\(name)> closes \(open[open.count - 1].name)")
      }
      open.removeLast()
      return
    }
    let element = try tag()
    open[open.count - 1].children.append(.element(element))
    if !Self.void.contains(element.name) { open.append(element) }
  }

  private mutating func tag() throws -> HTMLElement {
    let name = word()
    guard !name.isEmpty else { throw problem("a tag has no name") }
    var attributes: [String: String] = [:]
    while place < scalars.count, scalars[place] == " " {
      place += 1
      let key = word()
      try expect("=\"")
      guard !key.isEmpty, attributes[key] == nil else {
        throw problem("attribute '\(key)' of \(name) is stated twice")
      }
      attributes[key] = try characters(upTo: "\"")
      place += 1
    }
    try expect(">")
    return HTMLElement(name, attributes)
  }

  private mutating func word() -> String {
    let start = place
    while place < scalars.count, scalars[place].isNameLetter { place += 1 }
    return String(String.UnicodeScalarView(scalars[start..<place]))
  }

  private mutating func raw(upTo end: String) throws -> String {
    let wanted = Array(end.unicodeScalars)
    let start = place
    while place + wanted.count <= scalars.count {
      if scalars[place..<place + wanted.count].elementsEqual(wanted) {
        return String(String.UnicodeScalarView(scalars[start..<place]))
      }
      place += 1
    }
    throw problem("no \(end)")
  }

  private mutating func characters(upTo end: Unicode.Scalar) throws -> String {
    var result = String.UnicodeScalarView()
    while place < scalars.count, scalars[place] != end {
      switch scalars[place] {
      case "<", ">": throw problem("a bare \(scalars[place])")
      case "&":
        place += 1
        let start = place
        while place < scalars.count, scalars[place] != ";", place - start < 8 { place += 1 }
        let name = String(String.UnicodeScalarView(scalars[start..<place]))
        guard let character = Self.entities[name] else { throw problem("no entity &\(name);") }
        result.append(contentsOf: character.unicodeScalars)
      case let scalar where scalar.value < 0x20 && scalar != "\n":
        throw problem("a control character")
      default: result.append(scalars[place])
      }
      place += 1
    }
    guard place < scalars.count || end == "<" else { throw problem("no end of an attribute") }
    return String(result)
  }

  private mutating func expect(_ text: String) throws {
    for scalar in text.unicodeScalars {
      guard place < scalars.count, scalars[place] == scalar else {
        throw problem("'\(text)' is missing")
      }
      place += 1
    }
  }

  private func problem(_ text: String) -> Problem {
    let around = scalars[max(0, place - 40)..<min(scalars.count, place + 20)]
    return Problem(description: "\(text), near: \(String(String.UnicodeScalarView(around)))")
  }
}

extension Unicode.Scalar {
  fileprivate var isNameLetter: Bool {
    ("a"..."z").contains(self) || ("0"..."9").contains(self) || self == "-"
  }
}
