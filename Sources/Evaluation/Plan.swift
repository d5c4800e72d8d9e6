// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

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
  /// Unique within the run; the key of its blocks in the journal.
  public let id: String
  /// The variant's id.
  public let variant: String
  /// What the attacker may change, sees and spends.
  public let threat: ThreatModel
}

/// Everything that a run will do, in order.
public struct Plan: Sendable, Hashable {
  /// Dense models before those that come from them.
  public let variants: [VariantPlan]
  /// In the order of the variants.
  public let evaluations: [EvaluationPlan]
  /// The attacks of each evaluation, cheap ones first.
  public let attacks: [Specification]

  /// Lays out an experiment whose names have been checked.
  ///
  /// - Parameters:
  ///   - experiment: What is to be found out.
  ///   - attacks: The experiment's attacks with suites taken apart.
  public init(_ experiment: Experiment, attacks: [Specification]) {
    var variants: [VariantPlan] = []
    for seed in experiment.seed..<experiment.seed + UInt64(experiment.seeds) {
      for model in experiment.models {
        for training in experiment.trainings(of: model) {
          variants += Plan.family(model, training, seed, experiment)
        }
      }
    }
    self.variants = variants
    self.attacks = attacks
    evaluations = variants.flatMap { variant in
      experiment.epsilons.map { epsilon in
        EvaluationPlan(
          id: "\(variant.id)/\(experiment.norm.rawValue)=\(epsilon.text)", variant: variant.id,
          threat: ThreatModel(norm: experiment.norm, epsilon: epsilon))
      }
    }
  }

  /// A dense model and everything made from it.
  private static func family(
    _ model: ModelSource, _ training: Specification, _ seed: UInt64, _ experiment: Experiment
  ) -> [VariantPlan] {
    let name = model.isFile ? Plan.fileName(model.description) : model.description
    let parent = "\(name)/\(training)/dense/seed-\(seed)"
    let dense = Sparsity(0.0).map { none in
      VariantPlan(
        id: parent, parent: nil, model: model, training: training, recipe: nil, sparsity: none,
        seed: seed)
    }
    let children = experiment.compressions.flatMap { recipe in
      experiment.sparsities.filter { !$0.isDense }.map { sparsity in
        VariantPlan(
          id: "\(name)/\(training)/\(recipe)@\(sparsity)/seed-\(seed)", parent: parent,
          model: model, training: training, recipe: recipe, sparsity: sparsity, seed: seed)
      }
    }
    return [dense].compactMap(\.self) + children
  }

  static func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
