// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore

/// A compression as the catalog knows it.
public struct CompressionMember: Sendable {
  /// Name, citation and parameters.
  public let entry: CatalogEntry
  private let make: @Sendable (ParameterValues) -> any Compression

  init(
    _ name: String, _ summary: String, citation: String? = nil,
    parameters: [ParameterSchema] = [],
    make: @escaping @Sendable (ParameterValues) -> any Compression
  ) {
    entry = CatalogEntry(name: name, summary: summary, citation: citation, parameters: parameters)
    self.make = make
  }

  /// The method with the parameters that a specification states.
  ///
  /// - Throws: `SpecificationError` where a parameter is unknown or wrong.
  public func compression(
    _ specification: Specification
  ) throws(SpecificationError) -> any Compression {
    make(ParameterValues(try entry.resolve(specification)))
  }
}

/// Every compression.
public enum CompressionCatalog {
  /// The members in the order in which they are listed.
  public static let members: [CompressionMember] = [.magnitude, .gradient, .random]

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
