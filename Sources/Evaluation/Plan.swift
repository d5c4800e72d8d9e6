// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Isolation
public import Records
import RobustCore

/// One model to be made and judged.
public struct VariantPlan: Sendable, Hashable {
  /// Unique within the run: what the variant is, with `/` between its parts.
  public let id: String
  /// The id of the dense model that it comes from; nil for a dense model.
  public let parent: String?
  /// The architecture or file.
  public let model: ModelSource
  /// How the dense model was trained, and how this one is fine-tuned.
  public let training: Specification
  /// How it was made smaller; nil for a dense model.
  public let recipe: Recipe?
  /// The share of parameters to remove.
  public let sparsity: Sparsity
  /// The seed of training and compression.
  public let seed: UInt64
}

/// One variant under one threat model.
public struct EvaluationPlan: Sendable, Hashable {
  /// Unique within the run.
  public let id: String
  /// The key of its blocks in the journal; evaluations that differ in epsilon alone share the blocks
  /// of attacks that epsilon does not bind.
  public let blocks: String
  /// The variant's id.
  public let variant: String
  /// What is kept from the attacker, as it was written; `none` for nothing.
  public let isolation: String
  /// What the attacker may change, sees and spends.
  public let threat: ThreatModel
  /// Whether the variant has gradients everywhere, but for kinks, where its dense parent has.
  ///
  /// One that has not is attacked in more ways than were asked for.
  public let keepsGradients: Bool
  /// Whether more attacks are run than were asked for, which is so for every model of a run where some
  /// model needs them: models are compared by what the same attackers leave of them.
  let isCompleted: Bool
  /// Whether the variant is a dense model, and so its own parent.
  let isDense: Bool

  /// Whether anything is kept from the attacker.
  public var isIsolated: Bool { isolation != Rung.none }

  /// What evaluations share of which one attacker's stand-ins serve all: they differ in epsilon alone.
  var attacker: String { "\(variant)/\(isolation)" }
}

/// Everything that a run will do, in order.
public struct Plan: Sendable, Hashable {
  /// Dense models before those that come from them.
  public let variants: [VariantPlan]
  /// In the order of the variants.
  public let evaluations: [EvaluationPlan]
  /// The attacks as they were asked for: a suite by its name.
  public let suite: String
  /// How the attacks share the examples.
  let mode: JudgingMode

  /// Lays out an experiment whose names have been checked.
  ///
  /// - Parameters:
  ///   - experiment: What is to be found out.
  ///   - mode: How the attacks share the examples.
  ///   - recipes: The steps of the experiment's recipes. One that takes no parameter away makes one
  ///     variant, whatever the sparsities.
  ///   - constraints: What attacks may write in texts; nil for images.
  ///   - rungs: What is kept from the attacker. Besides, every model is judged with nothing kept.
  init(
    _ experiment: Experiment, mode: JudgingMode, recipes: [Recipe: RecipePlan],
    constraints: ConstraintSet? = nil, rungs: [ResolvedRung] = []
  ) {
    let keeping = Set(recipes.filter { !$0.value.removes }.keys)
    var variants: [VariantPlan] = []
    for seed in experiment.seed..<experiment.seed + UInt64(experiment.seeds) {
      for model in experiment.models {
        for training in experiment.trainings(of: model) {
          variants += Plan.family(model, training, seed, experiment, keeping)
        }
      }
    }
    self.variants = variants
    suite = experiment.attacks.map(\.description).joined(separator: ",")
    self.mode = mode
    func keepsGradients(_ variant: VariantPlan) -> Bool {
      variant.recipe.flatMap { recipes[$0] }?.keepsGradients ?? true
    }
    let isCompleted = !variants.allSatisfy(keepsGradients)
    evaluations = variants.flatMap { variant in
      let whole = Plan.threats(of: variant.id, experiment, mode, constraints).map { place in
        EvaluationPlan(
          id: place.id, blocks: place.blocks, variant: variant.id, isolation: Rung.none,
          threat: place.threat, keepsGradients: keepsGradients(variant), isCompleted: isCompleted,
          isDense: variant.parent == nil)
      }
      return whole
        + rungs.filter { $0.applies(to: variant) }.flatMap { rung in whole.map { rung.hiding($0) } }
    }
  }

  /// What one variant is attacked within, and the names of the evaluations.
  private static func threats(
    of variant: String, _ experiment: Experiment, _ mode: JudgingMode,
    _ constraints: ConstraintSet?
  ) -> [(id: String, blocks: String, threat: ThreatModel)] {
    let norm = experiment.norm
    // No ball binds such attacks, so one radius stands for all.
    let epsilons = mode == .eachAlone ? Array(experiment.epsilons.prefix(1)) : experiment.epsilons
    return epsilons.map { epsilon in
      let ball = "\(variant)/\(norm.rawValue)=\(epsilon.text)"
      let (id, blocks) =
        switch mode {
        case .worstCase: (ball, ball)
        case .nearest: (ball, "\(variant)/\(norm.rawValue)/nearest")
        case .eachAlone: ("\(variant)/anywhere", "\(variant)/anywhere")
        }
      var threat = ThreatModel(
        norm: norm, epsilon: epsilon, queryBudget: experiment.queryBudget,
        constraints: constraints?.statements)
      if mode == .eachAlone {
        threat.constraints = ["no norm: what the attacks' own parameters allow"]
      }
      return (id, blocks, threat)
    }
  }

  /// Whether attacks on a sample say something of an evaluation: no ball binds corruptions, and one who
  /// sees less is meant to be weaker.
  func isChecked(_ evaluation: EvaluationPlan) -> Bool {
    mode != .eachAlone && !evaluation.isIsolated
  }

  /// What an evaluation's attacks are called together: one who sees less cannot run those asked for.
  func suite(of evaluation: EvaluationPlan) -> String {
    evaluation.isIsolated ? "fitted" : suite
  }

  /// The evaluation of the same variant at the next smaller radius, where each was attacked by itself.
  func nextSmaller(_ evaluation: EvaluationPlan) -> EvaluationPlan? {
    guard mode == .worstCase else { return nil }
    let radius = evaluation.threat.epsilon.value
    return evaluations.filter {
      $0.variant == evaluation.variant && $0.isolation == evaluation.isolation
        && $0.threat.epsilon.value < radius
    }.max { $0.threat.epsilon.value < $1.threat.epsilon.value }
  }

  /// The evaluations whose attacks are run; the others differ in epsilon alone and share their blocks.
  var judged: [EvaluationPlan] {
    var seen: Set<String> = []
    return evaluations.filter { seen.insert($0.blocks).inserted }
  }

  /// A dense model and everything made from it.
  private static func family(
    _ model: ModelSource, _ training: Specification, _ seed: UInt64, _ experiment: Experiment,
    _ keeping: Set<Recipe>
  ) -> [VariantPlan] {
    let name = model.isFile ? Plan.fileName(model.description) : model.description
    let parent = Plan.denseID(name, training, seed)
    let dense = VariantPlan(
      id: parent, parent: nil, model: model, training: training, recipe: nil, sparsity: .dense,
      seed: seed)
    let children = experiment.compressions.flatMap { recipe in
      let sparsities =
        keeping.contains(recipe) ? [.dense] : experiment.sparsities.filter { !$0.isDense }
      return sparsities.map { sparsity in
        VariantPlan(
          id: "\(name)/\(training)/\(recipe)@\(sparsity)/seed-\(seed)", parent: parent,
          model: model, training: training, recipe: recipe, sparsity: sparsity, seed: seed)
      }
    }
    return [dense] + children
  }

  private static func denseID(_ name: String, _ training: Specification, _ seed: UInt64) -> String {
    "\(name)/\(training)/dense/seed-\(seed)"
  }

  /// The dense model of another seed that stands in for a variant's when it is attacked unseen.
  ///
  /// Its seed lies beyond those of the run, and follows from the variant's.
  static func sibling(of variant: VariantPlan) -> VariantPlan {
    let seed = variant.seed ^ (1 << 62)
    return VariantPlan(
      id: denseID(variant.model.description, variant.training, seed), parent: nil,
      model: variant.model, training: variant.training, recipe: nil, sparsity: .dense, seed: seed)
  }

  static func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
