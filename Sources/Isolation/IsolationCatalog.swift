// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Every isolation, by name.
public enum IsolationCatalog {
  /// The members in the order in which they are listed: what the attacker sees becomes less.
  public static let members: [IsolationMember] = [
    .none, .parent, .front, .back, .middle, .largest, .member, .scores, .label,
  ]

  /// Names, citations and parameters.
  public static let catalog = Catalog(kind: "isolation", entries: members.map(\.entry))

  /// The member of a name.
  ///
  /// - Throws: `SpecificationError` where the name is unknown, with the nearest ones.
  public static func member(
    for specification: Specification
  ) throws(SpecificationError) -> IsolationMember {
    let entry = try catalog.entry(for: specification)
    guard let member = members.first(where: { $0.entry.name == entry.name }) else {
      preconditionFailure("the catalog is made of the members")
    }
    return member
  }
}
