// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import RobustCore

/// The attacks of a run, and those by which they are completed where some model's gradients are not true.
struct AttackList: Sendable {
  /// As they were asked for, suites taken apart.
  let asked: [ResolvedExperiment.ResolvedAttack]
  /// The ways of ``AttackWay`` that nobody asked for.
  let completion: [ResolvedExperiment.ResolvedAttack]
  /// What is kept from attackers, with attacks that fit what is left.
  var rungs: [ResolvedRung] = []

  /// The attacks of one evaluation, in the order in which they run.
  func of(_ evaluation: EvaluationPlan) -> [ResolvedExperiment.ResolvedAttack] {
    if let rung = rung(of: evaluation) { return rung.attacks }
    let all = asked + (evaluation.isCompleted ? completion : [])
    return evaluation.isDense ? all.map(\.onItsOwnParent) : all
  }

  /// What is kept from an evaluation's attacker; nil for nothing.
  func rung(of evaluation: EvaluationPlan) -> ResolvedRung? {
    rungs.first { $0.name == evaluation.isolation }
  }
}

extension ResolvedExperiment.ResolvedAttack {
  /// The attack on a dense model, which is its own parent.
  fileprivate var onItsOwnParent: Self {
    var changed = self
    changed.attack = attack.onItsOwnParent
    return changed
  }
}

extension AnyAttack {
  /// The attack on a dense model, which is its own parent.
  var onItsOwnParent: AnyAttack {
    guard case .prepared(let prepared) = self, prepared.surrogate == .parent else { return self }
    return prepared.onItself ?? self
  }
}

/// One of the ways in which a model without true gradients is attacked; the worst of them counts for
/// each example.
///
/// > Source: Athalye et al. "Obfuscated Gradients Give a False Sense of Security." ICML 2018,
/// > [arXiv:1802.00420](https://arxiv.org/abs/1802.00420), section 4; for quantised models Lin et al.
/// > "Defensive Quantization." ICLR 2019, [arXiv:1904.08444](https://arxiv.org/abs/1904.08444).
enum AttackWay: String, CaseIterable {
  /// Along the gradient of the model as it runs.
  case direct
  /// Along the gradient of doing nothing where the model rounds or chooses.
  case straightThrough = "straight-through"
  /// With inputs that were made on the dense parent.
  case transfer
  /// Without any gradient.
  case blackBox = "black-box"

  /// The way of an attack; nil for noise, and for what stands in for none of them.
  init?(_ attack: ResolvedExperiment.ResolvedAttack) {
    switch attack.attack {
    case .gradient, .nearestByGradient, .textByGradient:
      self = attack.usesOwnGradient ? .direct : .straightThrough
    case .score, .nearestByLabel, .text, .textByLabel: self = .blackBox
    case .label:
      if attack.isNoise { return nil }
      self = .blackBox
    case .prepared(let prepared):
      guard prepared.surrogate == .parent else { return nil }
      self = .transfer
    }
  }

  /// What the way is gone with if nothing else was asked for, the first that has a form for the norm.
  private var usual: [String] {
    switch self {
    case .direct: ["pgd-direct:steps=50"]
    case .straightThrough: ["pgd:steps=50"]
    case .transfer: ["transfer"]
    case .blackBox: ["square:queries=1000", "sparse-rs"]
    }
  }

  /// The attacks by which a list is completed; ways that have no form for the norm are left out.
  static func completing(
    _ asked: [ResolvedExperiment.ResolvedAttack], norm: Norm, classes: Int
  ) throws -> [Specification] {
    let gone = Set(asked.compactMap { AttackWay($0) })
    return try allCases.filter { !gone.contains($0) }.compactMap { way in
      try way.usual.map { try Specification($0) }
        .first { try AttackCatalog.member(for: $0).norms.contains(norm) }
        .map { specification in
          let fits =
            try AttackCatalog.member(for: specification)
            .minimumClasses(specification) <= classes
          return fits ? specification : try Specification("\(specification):loss=margin")
        }
    }
  }
}
