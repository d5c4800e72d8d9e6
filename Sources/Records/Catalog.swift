// SPDX-License-Identifier: GPL-3.0-or-later

/// All members of one kind that can be named.
public struct Catalog: Sendable, Hashable {
  /// What its members are, in the singular, as in `attack`.
  public let kind: String
  /// The members, in the order in which they are listed.
  public let entries: [CatalogEntry]

  /// Creates a catalog.
  ///
  /// - Precondition: No name occurs twice.
  public init(kind: String, entries: [CatalogEntry]) {
    precondition(Set(entries.map(\.name)).count == entries.count, "a name occurs twice")
    self.kind = kind
    self.entries = entries
  }

  /// Finds the member that a specification names.
  ///
  /// - Throws: ``SpecificationError`` with code `unknownName` and the nearest names.
  public func entry(
    for specification: Specification
  ) throws(SpecificationError) -> CatalogEntry {
    if let entry = entries.first(where: { $0.name == specification.name }) { return entry }
    let nearest = Suggestions.nearest(to: specification.name, among: entries.map(\.name))
      .map { "'\($0)'" }
    throw SpecificationError(
      .unknownName, subject: "\(kind) '\(specification.name)'", detail: "no such \(kind)",
      remedy: nearest.isEmpty
        ? "`robust-eval list \(kind)s` names them all"
        : "did you mean \(nearest.joined(separator: " or "))?")
  }
}
