// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore

/// An attack as the catalog knows it: what it is called, where it works, how to make it.
public struct AttackMember: Sendable {
  /// Name, citation, knowledge and parameters.
  public let entry: CatalogEntry
  /// The norms that it has a form for.
  public let norms: Set<Norm>
  private let make: @Sendable (ParameterValues) -> AnyAttack

  init(
    _ entry: CatalogEntry, norms: Set<Norm>,
    make: @escaping @Sendable (ParameterValues) -> AnyAttack
  ) {
    self.entry = entry
    self.norms = norms
    self.make = make
  }

  /// The attack with the parameters that a specification states.
  ///
  /// - Throws: `SpecificationError` where a parameter is unknown or wrong.
  public func attack(
    _ specification: Specification
  ) throws(SpecificationError) -> (attack: AnyAttack, parameters: [String: ParameterValue]) {
    let values = try entry.resolve(specification)
    return (make(ParameterValues(values)), values)
  }
}

/// Every attack, and the suites made of them.
public enum AttackCatalog {
  /// The members in the order in which they are listed.
  public static let members: [AttackMember] = [.fgsm, .pgd, .apgdCE, .uniform, .gaussian]

  /// Names, citations and parameters.
  public static let catalog = Catalog(kind: "attack", entries: members.map(\.entry))

  /// Attacks under one name, cheap ones first, so that the dear ones meet few examples.
  public static let suites: [(name: String, summary: String, attacks: [String])] = [
    (
      "quick", "noise, one step, 20 steps and 20 self-tuning steps",
      ["uniform", "fgsm", "pgd:steps=20", "apgd-ce:steps=20"]
    )
  ]

  /// The attacks that a list of names and suites stands for, in order.
  ///
  /// A suite leaves out what has no form for the norm; an attack named by itself stays.
  ///
  /// - Throws: `SpecificationError` where a name is unknown, with the nearest ones.
  public static func expanded(
    _ specifications: [Specification], norm: Norm
  ) throws(SpecificationError) -> [Specification] {
    var result: [Specification] = []
    for specification in specifications {
      if let suite = suites.first(where: { $0.name == specification.name }) {
        for text in suite.attacks {
          let attack = try Specification(text)
          if try member(for: attack).norms.contains(norm) { result.append(attack) }
        }
      } else {
        result.append(specification)
      }
    }
    return result
  }

  /// The member of a name.
  ///
  /// - Throws: `SpecificationError` where the name is unknown, with the nearest ones.
  public static func member(
    for specification: Specification
  ) throws(SpecificationError) -> AttackMember {
    let entry = try choices.entry(for: specification)
    guard let member = members.first(where: { $0.entry.name == entry.name }) else {
      preconditionFailure("a suite stands among attacks; expand first")
    }
    return member
  }

  /// Attacks and suites together, for suggestions.
  private static let choices = Catalog(
    kind: "attack",
    entries: members.map(\.entry)
      + suites.map { CatalogEntry(name: $0.name, summary: $0.summary) })
}
