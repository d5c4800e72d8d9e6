// SPDX-License-Identifier: GPL-3.0-or-later

/// How a model is compressed: steps in their order, as in `structured+quantize:bits=8`.
public struct Recipe: Sendable, Hashable {
  /// The steps, first one first; at least one.
  public let steps: [Specification]

  /// Creates a recipe.
  ///
  /// - Precondition: There is at least one step.
  public init(steps: [Specification]) {
    precondition(!steps.isEmpty, "a recipe has a step")
    self.steps = steps
  }

  /// Reads steps joined by `+`.
  ///
  /// - Throws: ``SpecificationError`` with code `malformed` or `repeatedParameter`.
  public init(_ text: String) throws(SpecificationError) {
    var steps: [Specification] = []
    for step in text.split(separator: "+", omittingEmptySubsequences: false) {
      steps.append(try Specification(String(step)))
    }
    self.steps = steps
  }
}

extension Recipe: CustomStringConvertible {
  /// The form that is read.
  public var description: String { steps.map(\.description).joined(separator: "+") }
}

extension Recipe: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    self = try Recipe(try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
