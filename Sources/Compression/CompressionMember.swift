// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore

/// A compression as the catalog knows it.
public struct CompressionMember: Sendable {
  /// What a method rewrites; the steps of a recipe come in this order, so that none undoes another.
  public enum Stage: Int, Sendable, Comparable {
    /// The whole model: another one takes its place.
    case model
    /// The shapes of layers.
    case shape
    /// Which weights of a layer are stored.
    case weights
    /// What decides input by input, and is learned.
    case gates
    /// How the stored weights are written down.
    case values
    /// What of the model is computed for an input.
    case runtime
    /// Where the model is cut.
    case parts

    /// Orders by when in a recipe the stage comes.
    public static func < (one: Stage, other: Stage) -> Bool { one.rawValue < other.rawValue }

    /// Whether a second step of the stage finds nothing left to do.
    var occursOnce: Bool { self != .shape }

    /// What the stage does, as a clause.
    var effect: String {
      switch self {
      case .model: "puts another model in place of the dense one"
      case .shape: "changes the shapes of layers"
      case .weights: "masks single weights"
      case .gates: "learns which parts of the model an input needs"
      case .values: "turns weights into integers"
      case .runtime: "leaves out parts of the model input by input"
      case .parts: "cuts the model apart"
      }
    }
  }

  /// Name, citation and parameters.
  public let entry: CatalogEntry
  private let stage: @Sendable (ParameterValues) -> Stage
  private let make: @Sendable (ParameterValues) throws(SpecificationError) -> any Compression

  init(
    _ name: String, _ summary: String, citation: String? = nil, stage: Stage,
    stageOf: (@Sendable (ParameterValues) -> Stage)? = nil, parameters: [ParameterSchema] = [],
    make: @escaping @Sendable (ParameterValues) throws(SpecificationError) -> any Compression
  ) {
    entry = CatalogEntry(name: name, summary: summary, citation: citation, parameters: parameters)
    self.stage = stageOf ?? { _ in stage }
    self.make = make
  }

  /// What the method rewrites.
  ///
  /// - Throws: `SpecificationError` where a parameter is unknown or wrong.
  public func stage(of specification: Specification) throws(SpecificationError) -> Stage {
    stage(ParameterValues(try entry.resolve(specification)))
  }

  /// The method with the parameters that a specification states.
  ///
  /// - Throws: `SpecificationError` where a parameter is unknown or wrong.
  public func compression(
    _ specification: Specification
  ) throws(SpecificationError) -> any Compression {
    try make(ParameterValues(try entry.resolve(specification)))
  }
}

/// Every compression.
public enum CompressionCatalog {
  /// The members in the order in which they are listed.
  public static let members: [CompressionMember] = [
    .magnitude, .gradient, .taylor, .snip, .movement, .random, .hydra, .lottery, .rigl, .set,
    .fineGrained, .structured, .lowRank, .distill, .structure, .shard, .quantize,
    .runtime,
  ]

  /// Names, citations and parameters.
  public static let catalog = Catalog(kind: "compression", entries: members.map(\.entry))

  /// The member of a name.
  ///
  /// - Throws: `SpecificationError` where the name is unknown, with the nearest ones.
  public static func member(
    for specification: Specification
  ) throws(SpecificationError) -> CompressionMember {
    let entry = try catalog.entry(for: specification)
    guard let member = members.first(where: { $0.entry.name == entry.name }) else {
      preconditionFailure("the catalog is made of the members")
    }
    return member
  }
}
