// SPDX-License-Identifier: GPL-3.0-or-later

/// A name with parameters, as in `pgd:steps=20:restarts=5`.
///
/// Parameters are kept as texts, since only a catalog knows their kinds. Their order is of no
/// meaning: two specifications that differ in it alone are equal.
public struct Specification: Sendable, Hashable {
  /// Which attack, compression, training or model.
  public let name: String
  /// The text right behind the name, as in `front:2`; a catalog says which parameters it stands for.
  public let value: String?
  /// The stated parameters, sorted by name, each name once.
  public let parameters: [Parameter]

  /// One stated parameter.
  public struct Parameter: Sendable, Hashable {
    /// The parameter's name.
    public let name: String
    /// The value as it was written.
    public let text: String
  }

  /// Creates a specification without parameters, for names that the program itself writes.
  ///
  /// - Precondition: `name` is one word of letters, digits, `-`, `_` and `.`.
  public init(named name: String) {
    self.init(name: name, values: [:])
  }

  /// Creates a specification from values that a catalog resolved.
  ///
  /// - Precondition: `name` and the keys are words of letters, digits, `-`, `_` and `.`.
  public init(name: String, values: [String: ParameterValue]) {
    precondition(name.isSpecificationWord && values.keys.allSatisfy(\.isSpecificationWord))
    self.name = name
    value = nil
    parameters = values.sorted { $0.key < $1.key }
      .map { Parameter(name: $0.key, text: $0.value.description) }
  }

  /// Reads `name:key=value:key=value`.
  ///
  /// - Parameters:
  ///   - text: What was written.
  ///   - allowsValue: Whether a value may stand right behind the name, as in `name:value:key=value`.
  /// - Throws: ``SpecificationError`` with code `malformed` or `repeatedParameter`.
  public init(_ text: String, allowsValue: Bool = false) throws(SpecificationError) {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false)[...]
    let name = String(parts.popFirst() ?? "")
    guard name.isSpecificationWord else {
      throw .malformed(text, name.isEmpty ? "the name is missing" : "'\(name)' is not a name")
    }
    value =
      if allowsValue, let first = parts.first.map(String.init), first.isSpecificationValue {
        first
      } else {
        nil
      }
    if value != nil { parts.removeFirst() }
    var parameters: [Parameter] = []
    for part in parts {
      guard let equals = part.firstIndex(of: "=") else {
        throw .malformed(text, "'\(part)' is not key=value")
      }
      let key = String(part[..<equals])
      let value = String(part[part.index(after: equals)...])
      guard key.isSpecificationWord, value.isSpecificationValue else {
        throw .malformed(text, "'\(part)' is not key=value")
      }
      guard !parameters.contains(where: { $0.name == key }) else {
        throw SpecificationError(
          .repeatedParameter, subject: "'\(text)'", detail: "'\(key)' is stated twice",
          remedy: "keep one of them")
      }
      parameters.append(Parameter(name: key, text: value))
    }
    self.name = name
    self.parameters = parameters.sorted { $0.name < $1.name }
  }

  /// The stated text of a parameter, or nil where the default counts.
  public subscript(parameter: String) -> String? {
    parameters.first { $0.name == parameter }?.text
  }
}

extension Specification: CustomStringConvertible {
  /// The form that is read, with parameters in the order of their names.
  public var description: String {
    parameters.reduce(value.map { "\(name):\($0)" } ?? name) { "\($0):\($1.name)=\($1.text)" }
  }
}

extension Specification: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    self = try Specification(
      try decoder.singleValueContainer().decode(String.self), allowsValue: true)
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension SpecificationError {
  fileprivate static func malformed(_ text: String, _ detail: String) -> SpecificationError {
    SpecificationError(
      .malformed, subject: "'\(text)'", detail: detail,
      remedy: "write name:key=value, as in pgd:steps=20")
  }
}

extension String {
  fileprivate var isSpecificationWord: Bool {
    !isEmpty && utf8.allSatisfy { Specification.isWordByte($0) }
  }

  fileprivate var isSpecificationValue: Bool {
    !isEmpty && utf8.allSatisfy { Specification.isWordByte($0) || $0 == UInt8(ascii: "/") }
  }
}

extension Specification {
  fileprivate static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}
