// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Every attack, by name.
public enum AttackCatalog {
  /// The members in the order in which they are listed.
  public static let members: [AttackMember] = [
    .fgsm, .bim, .pgd, .directPGD, .mim, .diMIM, .apgdCE, .apgdDLR, .apgdT, .deepFool, .cw, .ddn,
    .ead,
    .fabT, .fmn, .square, .nes, .spsa, .sparseRS, .hopSkipJump, .boundary, .transfer, .hybrid,
    .universal,
    .uniform, .gaussian, .saltAndPepper, .geometric, .corruption, .randomSynonym, .textFooler,
    .pwws, .genetic, .hotFlip, .exhaustive, .deepWordBug, .homoglyph,
  ]

  /// Names, citations and parameters.
  public static let catalog = Catalog(kind: "attack", entries: members.map(\.entry))

  /// The attacks that a list of names and suites stands for, in order.
  ///
  /// A suite leaves out what is not for such data or has no form for the norm, and takes the margin loss where there are too
  /// few classes for another; an attack named by itself stays as it is.
  ///
  /// - Throws: `SpecificationError` where a name is unknown, with the nearest ones.
  public static func expanded(
    _ specifications: [Specification], norm: Norm, classes: Int, texts: Bool = false
  ) throws(SpecificationError) -> [Specification] {
    var result: [Specification] = []
    for specification in specifications {
      if let suite = AttackSuite.named(specification) {
        for attack in suite.attacks(for: norm) {
          let member = try member(for: attack)
          guard member.norms.contains(norm), (member.constraints != nil) == texts else { continue }
          let fits = try member.minimumClasses(attack) <= classes
          result.append(fits ? attack : try Specification("\(attack):loss=margin"))
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
      throw SpecificationError(
        .unknownName, subject: "attack '\(specification)'",
        detail: "'\(entry.name)' is a suite, which takes no parameters and no place in a suite",
        remedy: "name the suite alone, or its attacks")
    }
    return member
  }

  /// Attacks and suites together, for suggestions.
  private static let choices = Catalog(
    kind: "attack",
    entries: members.map(\.entry)
      + AttackSuite.builtIn.map { CatalogEntry(name: $0.name, summary: $0.summary) })
}
