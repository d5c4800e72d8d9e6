// SPDX-License-Identifier: GPL-3.0-or-later

/// What the header of a NumPy array file says.
///
/// > Source: NumPy, "A simple file format for NumPy arrays", NEP 1, and
/// > `numpy.lib.format` for versions 2.0 and 3.0.
struct NPYHeader: Equatable {
  /// The text of the type, or nil for a structured one.
  var type: String?
  var isFortranOrder = false
  var shape: [Int] = []

  /// Reads the literal of a Python dictionary with the keys `descr`, `fortran_order` and `shape`.
  ///
  /// - Returns: Nil if the text is anything else.
  init?(_ text: String) {
    var scanner = LiteralScanner(text)
    var seen: Set<String> = []
    guard scanner.take("{") else { return nil }
    while !scanner.take("}") {
      guard let key = scanner.string(), scanner.take(":"), seen.insert(key).inserted,
        read(key, &scanner)
      else { return nil }
      guard scanner.take(",") || scanner.isAt("}") else { return nil }
    }
    guard seen == ["descr", "fortran_order", "shape"], scanner.isAtEnd else { return nil }
  }

  private mutating func read(_ key: String, _ scanner: inout LiteralScanner) -> Bool {
    switch key {
    case "descr":
      type = scanner.string()
      return type != nil || scanner.skipList()
    case "fortran_order":
      guard let value = scanner.boolean() else { return false }
      isFortranOrder = value
      return true
    case "shape":
      guard let value = scanner.tuple() else { return false }
      shape = value
      return true
    default: return false
    }
  }
}

/// Steps through the few kinds of Python literals that occur in such a header.
private struct LiteralScanner {
  private var rest: Substring

  init(_ text: String) { rest = Substring(text) }

  var isAtEnd: Bool { rest.allSatisfy(\.isWhitespace) }

  mutating func isAt(_ character: Character) -> Bool {
    rest = rest.drop { $0.isWhitespace }
    return rest.first == character
  }

  mutating func take(_ character: Character) -> Bool {
    guard isAt(character) else { return false }
    rest.removeFirst()
    return true
  }

  mutating func string() -> String? {
    for quote: Character in ["'", "\""] where isAt(quote) {
      let body = rest.dropFirst()
      guard let end = body.firstIndex(of: quote) else { return nil }
      rest = body[body.index(after: end)...]
      return String(body[..<end])
    }
    return nil
  }

  mutating func boolean() -> Bool? {
    rest = rest.drop { $0.isWhitespace }
    for (word, value) in [("True", true), ("False", false)] where rest.hasPrefix(word) {
      rest = rest.dropFirst(word.count)
      return value
    }
    return nil
  }

  mutating func tuple() -> [Int]? {
    guard take("(") else { return nil }
    var values: [Int] = []
    while !take(")") {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let value = Int(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      // Python 2 wrote long integers with this suffix.
      _ = take("L")
      values.append(value)
      guard take(",") || isAt(")") else { return nil }
    }
    return values
  }

  mutating func skipList() -> Bool {
    guard isAt("[") else { return false }
    var depth = 0
    while let character = rest.popFirst() {
      if character == "[" { depth += 1 }
      if character == "]" { depth -= 1 }
      if depth == 0 { return true }
    }
    return false
  }
}
