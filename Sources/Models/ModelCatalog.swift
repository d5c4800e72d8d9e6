// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore

/// Every native model.
public enum ModelCatalog {
  /// Names and citations.
  public static let catalog = Catalog(kind: "model", entries: ModelMember.all.map(\.entry))

  /// The smallest image that every native model can take.
  private static let smallestSide = 12

  /// Lays a model out for given inputs.
  ///
  /// - Throws: `SpecificationError` where the name or a parameter is unknown; ``ModelError`` with code
  ///   `inputTooSmall` or `wrongKindOfInput`.
  public static func architecture(
    _ specification: Specification, for input: InputDescription
  ) throws -> GraphArchitecture {
    let member = try member(for: specification)
    let values = ParameterValues(try member.entry.resolve(specification))
    guard member.readsTexts == (input.words != nil) else {
      throw wrongKind(specification, member)
    }
    if !member.readsTexts {
      guard input.shape.count == 3, input.shape.dropFirst().allSatisfy({ $0 >= smallestSide })
      else {
        throw ModelError(
          .inputTooSmall, subject: "model '\(specification)'",
          detail: "inputs have the shape \(input.shape), expected at least"
            + " \(smallestSide) rows and columns", remedy: "choose other data or a model file")
      }
    }
    return member.make(input, values)
  }

  /// What the training of a model takes where nothing else is asked for.
  ///
  /// - Throws: `SpecificationError` where the name is unknown.
  public static func trainingDefaults(
    of specification: Specification
  ) throws(SpecificationError) -> [String: ParameterValue] {
    try member(for: specification).trainingDefaults
  }

  private static func member(
    for specification: Specification
  ) throws(SpecificationError) -> ModelMember {
    let entry = try catalog.entry(for: specification)
    guard let member = ModelMember.all.first(where: { $0.entry.name == entry.name }) else {
      preconditionFailure("the catalog is made of the members")
    }
    return member
  }

  private static func wrongKind(
    _ specification: Specification, _ member: ModelMember
  ) -> ModelError {
    let others = ModelMember.all.filter { $0.readsTexts != member.readsTexts }.map(\.entry.name)
    return ModelError(
      .wrongKindOfInput, subject: "model '\(specification)'",
      detail: member.readsTexts
        ? "it reads texts, and the data set holds images"
        : "it reads images, and the data set holds texts",
      remedy: "choose one of \(others.joined(separator: ", "))")
  }
}
