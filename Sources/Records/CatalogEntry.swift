// SPDX-License-Identifier: GPL-3.0-or-later

/// What is known about an attack, a compression, a training or a model before it is made.
public struct CatalogEntry: Sendable, Hashable {
  /// The name on the command line and in reports.
  public let name: String
  /// What it does, in one line.
  public let summary: String
  /// Where it was published, or nil where it is nobody's.
  public let citation: String?
  /// The least that an attack must see of the model, or nil for what is no attack.
  public let knowledge: Knowledge?
  /// The parameters it takes, in the order in which they are listed.
  public let parameters: [ParameterSchema]
  /// What a value right behind the name stands for; nil where none may stand there.
  public let value: Value?

  /// A value right behind the name, such as `2` in `front:2` or `1-of-3` in `member:1-of-3`.
  public struct Value: Sendable, Hashable {
    /// The parameters that it states, in order.
    public let parameters: [String]
    /// What stands between them.
    public let separator: String

    /// Creates a form of at least one parameter.
    public init(_ parameters: [String], separator: String = "-") {
      self.parameters = parameters
      self.separator = separator
    }
  }

  /// Creates an entry.
  public init(
    name: String, summary: String, citation: String? = nil, knowledge: Knowledge? = nil,
    parameters: [ParameterSchema] = [], value: Value? = nil
  ) {
    self.name = name
    self.summary = summary
    self.citation = citation
    self.knowledge = knowledge
    self.parameters = parameters
    self.value = value
  }

  /// Gives every parameter a value of its kind: the stated one, else the default.
  ///
  /// A parameter without a default that is not stated is absent from the result.
  ///
  /// - Throws: ``SpecificationError`` with code `malformed`, `repeatedParameter`, `unknownParameter`,
  ///   `wrongKind` or `outOfRange`.
  public func resolve(
    _ specification: Specification
  ) throws(SpecificationError) -> [String: ParameterValue] {
    precondition(specification.name == name, "the specification is of another member")
    let names = parameters.map(\.name)
    for stated in specification.parameters where !names.contains(stated.name) {
      throw SpecificationError(
        .unknownParameter, subject: "'\(specification)'",
        detail: "'\(name)' has no parameter '\(stated.name)'",
        remedy: remedy(forUnknown: stated.name, among: names))
    }
    let behind = try texts(behindNameOf: specification)
    var values: [String: ParameterValue] = [:]
    for schema in parameters {
      values[schema.name] =
        if let text = specification[schema.name] ?? behind[schema.name] {
          try schema.value(of: text, subject: "'\(specification)'")
        } else {
          schema.defaultValue
        }
    }
    return values
  }

  /// The parameters that the value right behind the name states.
  private func texts(
    behindNameOf specification: Specification
  ) throws(SpecificationError) -> [String: String] {
    guard let text = specification.value else { return [:] }
    let subject = "'\(specification)'"
    guard let value else {
      throw SpecificationError(
        .malformed, subject: subject, detail: "'\(text)' is not key=value",
        remedy: "write name:key=value, as in pgd:steps=20")
    }
    let parts = text.split(separator: value.separator, omittingEmptySubsequences: false)
    guard parts.count == value.parameters.count else {
      let form = value.parameters.map { $0.uppercased() }.joined(separator: value.separator)
      throw SpecificationError(
        .malformed, subject: subject, detail: "'\(text)' is not \(form)",
        remedy: "write \(name):\(form)")
    }
    if let twice = value.parameters.first(where: { specification[$0] != nil }) {
      throw SpecificationError(
        .repeatedParameter, subject: subject, detail: "'\(twice)' is stated twice",
        remedy: "keep one of them")
    }
    return Dictionary(uniqueKeysWithValues: zip(value.parameters, parts.map(String.init)))
  }

  private func remedy(forUnknown parameter: String, among names: [String]) -> String {
    if names.isEmpty { return "it takes none" }
    if let nearest = Suggestions.nearest(to: parameter, among: names).first {
      return "did you mean '\(nearest)'?"
    }
    return "it takes \(names.joined(separator: ", "))"
  }
}
