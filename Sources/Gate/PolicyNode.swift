// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import YAML

/// A value of a policy file that knows how errors name it.
struct PolicyNode {
  private let node: YAMLNode
  private let path: String
  private let key: String?

  init(_ node: YAMLNode, path: String, key: String?) {
    self.node = node
    self.path = path
    self.key = key
  }

  func error(_ code: GateError.Code, _ detail: String, _ remedy: String) -> GateError {
    let place = "\(path):\(node.mark.line)"
    return GateError(
      code, subject: key.map { "\(place): \($0)" } ?? place, detail: detail, remedy: remedy)
  }

  /// The members of a mapping, none of them unknown.
  func mapping(_ known: [String], example: String) throws(GateError) -> [String: PolicyNode] {
    guard case .mapping(let entries) = node.content else {
      throw error(.wrongKind, "is not a mapping", "write lines such as \(example)")
    }
    var members: [String: PolicyNode] = [:]
    for entry in entries {
      guard known.contains(entry.key) else {
        let nearest = Suggestions.nearest(to: entry.key, among: known).first
        throw GateError(
          .unknownKey, subject: "\(path):\(entry.mark.line)",
          detail: "unknown key '\(entry.key)'",
          remedy: nearest.map { "did you mean '\($0)'?" }
            ?? "the keys here are \(known.joined(separator: ", "))")
      }
      members[entry.key] = PolicyNode(entry.value, path: path, key: entry.key)
    }
    return members
  }

  /// The keys of a mapping; none of anything else.
  var keys: [String] {
    guard case .mapping(let entries) = node.content else { return [] }
    return entries.map(\.key)
  }

  /// The elements of a list that is not empty.
  func elements(example: String) throws(GateError) -> [PolicyNode] {
    guard case .sequence(let items) = node.content, !items.isEmpty else {
      throw error(.wrongKind, "is not a list with a rule in it", "write - \(example)")
    }
    return items.map { PolicyNode($0, path: path, key: nil) }
  }

  func text() throws(GateError) -> String {
    guard case .scalar(let text, _) = node.content, !node.isNull, !text.isEmpty else {
      throw error(.wrongKind, "is not a text", "write one value behind the colon")
    }
    return text
  }

  /// A text, or a list of texts.
  func texts() throws(GateError) -> [String] {
    guard case .sequence(let items) = node.content else { return [try text()] }
    guard !items.isEmpty else { throw error(.wrongKind, "the list is empty", "name one or more") }
    var texts: [String] = []
    for item in items { texts.append(try PolicyNode(item, path: path, key: key).text()) }
    return texts
  }

  func number() throws(GateError) -> Double {
    let text = try text()
    guard let value = Double(text), value.isFinite else {
      throw error(.badValue, "'\(text)' is not a number", "write one, as in 0.5")
    }
    return value
  }

  /// A number within bounds, which `words` names.
  func number(_ words: String, where isFine: (Double) -> Bool) throws(GateError) -> Double {
    let value = try number()
    guard isFine(value) else {
      throw error(.badValue, "\(value.shortText) is out of range", "give \(words)")
    }
    return value
  }

  func share() throws(GateError) -> Double {
    try number("a share from 0 to 1") { (0...1).contains($0) }
  }

  func margin() throws(GateError) -> Double {
    try number("a share, 0 <= x < 1, as in 0.02 for two points") { $0 >= 0 && $0 < 1 }
  }

  func confidence() throws(GateError) -> Double {
    try number("a confidence, 0.5 < x <= 0.999999, as in 0.95") { $0 > 0.5 && $0 <= 0.999_999 }
  }

  /// One of a few words.
  func word<Word: CaseIterable & RawRepresentable>(
    _ type: Word.Type
  ) throws(GateError) -> Word where Word.RawValue == String {
    let text = try text()
    if let word = Word(rawValue: text) { return word }
    throw unknown(text, Word.allCases.map(\.rawValue))
  }

  /// The error that a word is none of those that are known.
  func unknown(_ text: String, _ known: [String]) -> GateError {
    let nearest = Suggestions.nearest(to: text, among: known).first
    return error(
      .badValue, "'\(text)' is unknown",
      nearest.map { "did you mean '\($0)'?" } ?? "give \(known.joined(separator: ", "))")
  }

  func isOn() throws(GateError) -> Bool {
    switch try text() {
    case "true": true
    case "false": false
    case let text: throw error(.badValue, "'\(text)' is not true or false", "give one of them")
    }
  }
}

extension Double {
  /// The shortest decimal form, without a fraction of zero.
  var shortText: String {
    let text = description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
