// SPDX-License-Identifier: GPL-3.0-or-later

/// One parameter that a member of a catalog takes.
public struct ParameterSchema: Sendable, Hashable {
  /// Which values are allowed.
  public enum Kind: Sendable, Hashable {
    /// A whole number within bounds; `Int.max` above means without bound.
    case integer(ClosedRange<Int>)
    /// A number within bounds; infinity above means without bound, the value itself is finite.
    case real(ClosedRange<Double>)
    /// One of the words.
    case choice([String])
    /// `true` or `false`.
    case boolean
    /// A radius such as `8/255`.
    case epsilon
  }

  /// The name behind the colon.
  public let name: String
  /// Which values are allowed.
  public let kind: Kind
  /// The value where none is stated, or nil where the member derives it as its summary says.
  public let defaultValue: ParameterValue?
  /// What it changes, in one line.
  public let summary: String

  /// Creates a schema.
  ///
  /// - Precondition: The default is itself allowed.
  public init(_ name: String, _ kind: Kind, default value: ParameterValue?, summary: String) {
    self.name = name
    self.kind = kind
    self.summary = summary
    defaultValue = value
    precondition(
      value.map { kind.value(of: $0.description) == $0 } ?? true,
      "the default of '\(name)' is not allowed")
  }

  /// Reads a value.
  ///
  /// - Throws: ``SpecificationError`` with code `wrongKind` or `outOfRange`.
  func value(of text: String, subject: String) throws(SpecificationError) -> ParameterValue {
    if let value = kind.value(of: text) { return value }
    let remedy =
      if case .choice(let words) = kind,
        let nearest = Suggestions.nearest(to: text, among: words).first
      {
        "did you mean '\(nearest)'?"
      } else {
        "give \(kind)"
      }
    throw SpecificationError(
      kind.isNumber(text) ? .outOfRange : .wrongKind, subject: subject,
      detail: "\(name) cannot be '\(text)'", remedy: remedy)
  }
}

extension ParameterSchema.Kind {
  fileprivate func value(of text: String) -> ParameterValue? {
    switch self {
    case .integer(let range):
      Int(text).flatMap { range.contains($0) ? .integer($0) : nil }
    case .real(let range):
      Double(text).flatMap { $0.isFinite && range.contains($0) ? .real($0) : nil }
    case .choice(let words): words.contains(text) ? .choice(text) : nil
    case .boolean: ["true": true, "false": false][text].map { .boolean($0) }
    case .epsilon: Epsilon(text).map { .epsilon($0) }
    }
  }

  fileprivate func isNumber(_ text: String) -> Bool {
    switch self {
    case .integer: Int(text) != nil
    case .real: Double(text)?.isFinite ?? false
    case .choice, .boolean, .epsilon: false
    }
  }
}

extension ParameterSchema.Kind: CustomStringConvertible {
  /// What is allowed, worded to follow "give".
  public var description: String {
    switch self {
    case .integer(let range) where range.upperBound == .max:
      "a whole number, at least \(range.lowerBound)"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .real(let range) where range.upperBound == .infinity && range.lowerBound == -.infinity:
      "a number"
    case .real(let range) where range.upperBound == .infinity:
      "a number, at least \(range.lowerBound)"
    case .real(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .choice(let words): "one of \(words.joined(separator: ", "))"
    case .boolean: "true or false"
    case .epsilon: "a radius such as 8/255"
    }
  }
}
