// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Isolation
import Records
import RobustCore

extension RungAttacks {
  /// Texts that are carried on from one changed word to the next, on a stand-in.
  private static let beam = 5

  /// What an attacker on texts does who sees so much of a model, cheap ways first.
  ///
  /// Each way may spend as many queries on an example as the rung allows one search.
  static func onTexts(
    _ rung: Rung, obeying set: ConstraintSet
  ) throws -> [ResolvedExperiment.ResolvedAttack] {
    switch rung.view {
    case .everything, .front, .back, .middle, .largest, .member: []
    case .parent: [transfer(from: .parent, rung), random(rung, set)]
    case .label: [transfer(from: .learned, rung), random(rung, set)]
    case .scores:
      [transfer(from: .learned, rung)] + (try set.searches.map { try search($0, rung) })
        + [random(rung, set)]
    }
  }

  private static func transfer(
    from source: Surrogate, _ rung: Rung
  ) -> ResolvedExperiment.ResolvedAttack {
    let values: [String: ParameterValue] = [
      "source": .choice(source.rawValue), "beam": .integer(beam),
      "queries": .integer(rung.searchQueries),
    ]
    return ResolvedExperiment.ResolvedAttack(
      specification: Specification(
        name: "transfer", values: values.filter { $0.key == "source" }),
      parameters: values, reach: .ball,
      attack: .prepared(TextTransfer(from: source, beam: beam, queries: rung.searchQueries)))
  }

  /// Words at random, whatever the constraints.
  private static func random(
    _ rung: Rung, _ set: ConstraintSet
  ) -> ResolvedExperiment.ResolvedAttack {
    ResolvedExperiment.ResolvedAttack(
      specification: Specification(named: "random-substitution"),
      parameters: ["attempts": .integer(rung.searchQueries)], reach: .ball,
      attack: .textByLabel(RandomSubstitution(attempts: rung.searchQueries)), constraints: set)
  }

  /// An attack of the catalog, cut off at as many queries as the rung allows.
  private static func search(
    _ name: String, _ rung: Rung
  ) throws -> ResolvedExperiment.ResolvedAttack {
    let specification = Specification(named: name)
    let member = try AttackCatalog.member(for: specification)
    let (attack, parameters) = try member.attack(specification)
    return ResolvedExperiment.ResolvedAttack(
      specification: specification, parameters: parameters, reach: .ball, attack: attack,
      constraints: member.constraints, mostQueries: rung.searchQueries)
  }
}

extension ConstraintSet {
  /// Attacks that need scores alone, by the names of the catalog.
  fileprivate var searches: [String] {
    switch self {
    case .synonyms: ["textfooler", "pwws"]
    case .misspellings: ["deepwordbug"]
    case .lookAlikes: ["homoglyph"]
    }
  }
}
