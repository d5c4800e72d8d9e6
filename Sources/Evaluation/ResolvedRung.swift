// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Isolation
import Records
import RobustCore

/// A rung of the ladder with its name and its attacks.
struct ResolvedRung: Sendable {
  let specification: Specification
  let parameters: [String: ParameterValue]
  let rung: Rung
  /// What an attacker does who sees so much, in the order in which it is done.
  let attacks: [ResolvedExperiment.ResolvedAttack]

  /// The name in reports and ids.
  var name: String { specification.description }

  /// Whether a variant is one that the rung says something of, as its plan tells.
  func applies(to variant: VariantPlan) -> Bool {
    switch rung.view {
    case .parent: variant.recipe != nil
    case .member(_, let count): variant.members == count
    case .everything, .front, .back, .middle, .largest, .scores, .label: true
    }
  }

  /// The same evaluation by one who sees less.
  func hiding(_ evaluation: EvaluationPlan) -> EvaluationPlan {
    var threat = evaluation.threat
    threat.knowledge = rung.knowledge
    return EvaluationPlan(
      id: "\(evaluation.id)/\(name)", blocks: "\(evaluation.blocks)/\(name)",
      variant: evaluation.variant, isolation: name, threat: threat,
      keepsGradients: evaluation.keepsGradients, isCompleted: evaluation.isCompleted,
      isDense: evaluation.isDense)
  }
}

extension Rung {
  /// The name of the rung on which nothing is kept from the attacker.
  static let none = "none"
}

extension VariantPlan {
  /// How many members the model is sharded into, by data or features; nil for a whole one.
  var members: Int? { sharding.map(\.parts) }

  /// The step of the recipe that divides the model into members.
  var sharding: Sharding? {
    recipe?.steps.lazy.compactMap { step in
      let method = try? CompressionCatalog.member(for: step).compression(step)
      return (method as? Sharding).flatMap { $0.division == .layers ? nil : $0 }
    }.first
  }
}
