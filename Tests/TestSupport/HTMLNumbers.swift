// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Finds numbers in a page that do not stand in the records that it names.
///
/// An element with `data-of` may hold numbers of the records at those places alone, rounded or in
/// points; texts of these records are left out first, since they are names. Outside of such elements,
/// and in those whose records hold no number, it must be one that the caller allows.
public struct HTMLNumbers {
  private let root: JSONValue
  private let free: Set<String>
  private let phrases: [String]

  /// Creates a check.
  ///
  /// - Parameters:
  ///   - root: The JSON that the page was made from.
  ///   - free: Numbers that may stand anywhere, such as counts of rows, as they are written.
  ///   - phrases: Words of the page with digits in them that are no numbers, such as `batch 64`.
  public init(_ root: JSONValue, free: Set<String>, phrases: [String]) {
    self.root = root
    // A text that is a number, such as a radius, is one wherever it stands.
    self.free = free.union(root.strings.filter(\.isNumber).flatMap { $0.parts })
    self.phrases = phrases
  }

  /// Numbers that do not stand where the page says, each with what is around it.
  public func strays(in page: HTMLElement) -> [String] {
    guard let main = page.all("main").first else { return ["no main"] }
    let marked = main.all.filter { $0.attributes["data-of"] != nil }
    let rest = main.text { $0.attributes["data-of"] == nil }
    return strays(rest, [], root.strings, "outside")
      + marked.flatMap { element -> [String] in
        let places = (element.attributes["data-of"] ?? "").split(separator: " ").map(String.init)
        let records = places.map { root.value(at: $0) }
        guard !records.contains(where: { $0 == nil }) || places.contains("dataset/class_names")
        else { return ["no record \(places)"] }
        let found = records.compactMap(\.self)
        let owned = found.flatMap(\.strings) + owners(of: places)
        return strays(
          element.text { $0.attributes["data-of"] == nil }, found.flatMap(\.numbers), owned,
          places.joined(separator: " "))
      }
  }

  /// Names that a part of a record is shown under: those of the record around it.
  private func owners(of places: [String]) -> [String] {
    places.flatMap { place -> [String] in
      let parts = place.split(separator: "/")
      guard parts.count > 2 else { return [] }
      return root.value(at: parts.prefix(2).joined(separator: "/"))?.directStrings ?? []
    }
  }

  private func strays(
    _ text: String, _ numbers: [Double], _ names: [String], _ place: String
  ) -> [String] {
    var text = " \(text) ".replacing("\u{202F}", with: "")
    let words = Set(names.filter { !$0.isNumber }.map(\.shown) + phrases)
    for name in words.sorted(by: { $0.count > $1.count }) where !name.isEmpty {
      text = text.replacing(name, with: " ")
    }
    // Digits inside of a word are part of a name.
    return text.matches(of: /[-+]?[\w.]+/).compactMap { match in
      var token = String(match.0)
      while token.hasSuffix(".") { token.removeLast() }
      guard token.wholeMatch(of: /[-+]?[0-9]+(\.[0-9]+)?/) != nil else { return nil }
      let isAllowed =
        numbers.isEmpty ? free.contains(token) : numbers.contains { $0.isWritten(token) }
      if isAllowed { return nil }
      return "\(place): \(token)"
    }
  }
}

extension Double {
  /// Whether a text is this number, a hundred times it, or either without its sign, with as many
  /// decimals as the text has.
  fileprivate func isWritten(_ text: String) -> Bool {
    let decimals = text.split(separator: ".").dropFirst().first?.count ?? 0
    return [self, self * 100, -self, -self * 100].contains {
      $0.fixed(decimals) == text || $0.fixed(decimals, signed: true) == text
    } || description == text
  }
}

extension String {
  /// Whether the text is a number or a fraction of two.
  fileprivate var isNumber: Bool { !parts.isEmpty && parts.allSatisfy { Double($0) != nil } }

  fileprivate var parts: [String] { split(separator: "/").map(String.init) }

  /// The text as a page shows it.
  fileprivate var shown: String {
    replacing("\n", with: " ").replacing("\t", with: " ")
  }
}

extension JSONValue {
  /// The value at a path of keys and indices.
  fileprivate func value(at path: String) -> JSONValue? {
    var value = self
    for part in path.split(separator: "/") {
      switch value {
      case .object(let members):
        guard let member = members[String(part)] else { return nil }
        value = member
      case .array(let values):
        guard let index = Int(part), values.indices.contains(index) else { return nil }
        value = values[index]
      default: return nil
      }
    }
    return value
  }

  /// Every number inside.
  fileprivate var numbers: [Double] {
    switch self {
    case .int(let value): [Double(value)]
    case .double(let value): [value]
    case .array(let values): values.flatMap(\.numbers)
    case .object(let members): members.values.flatMap(\.numbers)
    default: []
    }
  }

  /// Every text inside.
  fileprivate var strings: [String] {
    switch self {
    case .string(let text): [text]
    case .array(let values): values.flatMap(\.strings)
    case .object(let members): members.values.flatMap(\.strings)
    default: []
    }
  }

  fileprivate var directStrings: [String] {
    if case .object(let members) = self { members.values.flatMap { $0.leaf } } else { [] }
  }

  private var leaf: [String] { if case .string(let text) = self { [text] } else { [] } }
}
