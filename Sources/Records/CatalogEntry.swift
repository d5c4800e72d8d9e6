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

  /// Creates an entry.
  public init(
    name: String, summary: String, citation: String? = nil, knowledge: Knowledge? = nil,
    parameters: [ParameterSchema] = []
  ) {
    self.name = name
    self.summary = summary
    self.citation = citation
    self.knowledge = knowledge
    self.parameters = parameters
  }

  /// Gives every parameter a value of its kind: the stated one, else the default.
  ///
  /// A parameter without a default that is not stated is absent from the result.
  ///
  /// - Throws: ``SpecificationError`` with code `unknownParameter`, `wrongKind` or `outOfRange`.
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
    var values: [String: ParameterValue] = [:]
    for schema in parameters {
      values[schema.name] =
        if let text = specification[schema.name] {
          try schema.value(of: text, subject: "'\(specification)'")
        } else {
          schema.defaultValue
        }
    }
    return values
  }

  private func remedy(forUnknown parameter: String, among names: [String]) -> String {
    if names.isEmpty { return "it takes none" }
    if let nearest = Suggestions.nearest(to: parameter, among: names).first {
      return "did you mean '\(nearest)'?"
    }
    return "it takes \(names.joined(separator: ", "))"
  }
}
