// SPDX-License-Identifier: GPL-3.0-or-later

/// How a text is taken apart.
public enum Tokenizer: String, Codable, Sendable, CaseIterable {
  /// Runs of letters and digits; for languages that write spaces between words.
  case words
  /// Every visible character alone; for languages such as Chinese that do not.
  case characters

  /// Takes a text apart.
  ///
  /// A word is a run of letters, their marks and digits. An apostrophe between two letters belongs to it,
  /// as in `don't`, and so does a point or comma between two digits, as in `3.14`. Everything else,
  /// hyphens too, separates. In the mode `characters` each character other than white space is a word.
  ///
  /// - Returns: Words as they are spelt; ``Text/joined`` gives back the string.
  public func text(of string: String) -> Text {
    switch self {
    case .words: Self.separated(string)
    case .characters: Self.lettered(string)
    }
  }

  /// The form under which a vocabulary knows a word.
  public func key(of word: String) -> String { word.lowercased() }

  /// Whether a string stays one word when a text that holds it is read again.
  public func isOneWord(_ string: String) -> Bool {
    text(of: string).words == [string]
  }

  private static func separated(_ string: String) -> Text {
    var parts = Parts()
    let scalars = string.unicodeScalars
    var start = scalars.startIndex
    var index = start
    while index < scalars.endIndex {
      guard belongs(scalars[index]) else {
        index = scalars.index(after: index)
        continue
      }
      let end = endOfWord(from: index, in: scalars)
      parts.add(String(scalars[index..<end]), after: String(scalars[start..<index]))
      (start, index) = (end, end)
    }
    return parts.text(endingIn: String(scalars[start...]))
  }

  private static func endOfWord(
    from start: String.UnicodeScalarView.Index, in scalars: String.UnicodeScalarView
  ) -> String.UnicodeScalarView.Index {
    var index = start
    var last = scalars[start]
    while index < scalars.endIndex {
      let scalar = scalars[index]
      if !belongs(scalar) {
        let after = scalars.index(after: index)
        guard after < scalars.endIndex, joins(scalar, last, scalars[after]) else { break }
      }
      last = scalar
      index = scalars.index(after: index)
    }
    return index
  }

  private static func belongs(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return isLatin(scalar) || isDigit(scalar) }
    return switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }

  /// Whether a mark between two characters belongs to their word.
  private static func joins(
    _ mark: Unicode.Scalar, _ before: Unicode.Scalar, _ after: Unicode.Scalar
  ) -> Bool {
    switch mark {
    case "'", "\u{2019}":
      belongs(before) && belongs(after) && !isDigit(before) && !isDigit(after)
    case ".", ",": isDigit(before) && isDigit(after)
    default: false
    }
  }

  private static func isLatin(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func lettered(_ string: String) -> Text {
    var parts = Parts()
    var gap = ""
    for character in string {
      if character.isWhitespace {
        gap.append(character)
      } else {
        parts.add(String(character), after: gap)
        gap = ""
      }
    }
    return parts.text(endingIn: gap)
  }

  private struct Parts {
    private var words: [String] = []
    private var separators: [String] = []

    mutating func add(_ word: String, after separator: String) {
      words.append(word)
      separators.append(separator)
    }

    func text(endingIn separator: String) -> Text {
      Text(words: words, separators: separators + [separator])
    }
  }
}
