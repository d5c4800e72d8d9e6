// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Why a text is not a value: what was found, and what would do.
struct Problem: Error, Hashable {
  let detail: String
  let remedy: String

  /// A text of another kind or out of range.
  init(_ text: String, isNot kind: String, remedy: String) {
    detail = "'\(text)' is not \(kind)"
    self.remedy = remedy
  }

  init(_ error: SpecificationError) {
    detail = "\(error.subject): \(error.detail)"
    remedy = error.remedy
  }
}

/// Turns stated texts into values, or says which one is none.
struct SettingsReader {
  let settings: Settings

  /// The value of an option, or nil if it was not stated.
  func value<Value>(
    _ option: RunOption, _ read: (String) throws(Problem) -> Value
  ) throws(UsageError) -> Value? {
    guard let setting = settings[option] else { return nil }
    return try self.value(of: setting.texts.first ?? "", in: setting, read)
  }

  /// The values of a list, no two of them equal, or nil if it was not stated.
  func list<Value: Hashable>(
    _ option: RunOption, _ read: (String) throws(Problem) -> Value
  ) throws(UsageError) -> [Value]? {
    guard let setting = settings[option] else { return nil }
    var values: [Value] = []
    for text in setting.texts {
      let value = try self.value(of: text, in: setting, read)
      guard !values.contains(value) else {
        throw UsageError(
          .repeatedValue, subject: setting.subject, detail: "'\(text)' is listed twice",
          remedy: "keep one of them")
      }
      values.append(value)
    }
    return values
  }

  /// A list of things that have names and parameters.
  func specifications<Value: Hashable>(
    _ option: RunOption, _ read: (String) throws(SpecificationError) -> Value
  ) throws(UsageError) -> [Value]? {
    try list(option) { text throws(Problem) in
      do throws(SpecificationError) { return try read(text) } catch { throw Problem(error) }
    }
  }

  /// One of a few words.
  func word<Word: CaseIterable & RawRepresentable>(
    _ option: RunOption
  ) throws(UsageError) -> Word? where Word.RawValue == String {
    try value(option) { text throws(Problem) in
      if let word = Word(rawValue: text) { return word }
      let words = Word.allCases.map(\.rawValue)
      throw Problem(
        text, isNot: "a \(option.name)", remedy: "give \(words.joined(separator: ", "))")
    }
  }

  /// A whole number within bounds.
  func integer(_ option: RunOption, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    try value(option) { text throws(Problem) in
      if let number = Int(text), range.contains(number) { return number }
      let bounds =
        range.upperBound == .max
        ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      throw Problem(text, isNot: "a whole number \(bounds)", remedy: "give one")
    }
  }

  /// Whether a switch is on; off if it was not stated.
  func isOn(_ option: RunOption) throws(UsageError) -> Bool {
    let stated = try value(option) { text throws(Problem) in
      switch text {
      case "true": return true
      case "false": return false
      default: throw Problem(text, isNot: "true or false", remedy: "give one of them")
      }
    }
    return stated ?? false
  }

  /// A text that is not empty.
  func text(_ option: RunOption, example: String) throws(UsageError) -> String? {
    try value(option) { text throws(Problem) in
      guard !text.isEmpty else {
        throw Problem(text, isNot: "a name or a path", remedy: "give one, as in \(example)")
      }
      return text
    }
  }

  private func value<Value>(
    of text: String, in setting: Setting, _ read: (String) throws(Problem) -> Value
  ) throws(UsageError) -> Value {
    do throws(Problem) {
      return try read(text)
    } catch {
      throw UsageError(
        .badValue, subject: setting.subject, detail: error.detail, remedy: error.remedy)
    }
  }
}
