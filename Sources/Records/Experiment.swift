// SPDX-License-Identifier: GPL-3.0-or-later

/// What is to be found out: every setting that can change a digit of the result.
///
/// How it is run (workers, shards, folders, output) is in ``RunOptions``. The order of a list is the
/// order in the report, and two experiments that differ in it are *not* equal.
public struct Experiment: Codable, Sendable, Hashable {
  /// The name of a data set, or the path of a file or folder.
  public var dataset = "fashion-mnist"
  /// The models, each to be trained, compressed and attacked.
  public var models: [ModelSource] = [.architecture(Specification(named: "cnn"))]
  /// The path of the list of words that model files read texts by; nil for the one beside each model.
  public var vocabulary: String?
  /// The shares of parameters to remove.
  public var sparsities: [Sparsity] = [Sparsity(0.5)].compactMap(\.self)
  /// How to remove them.
  public var compressions = [
    Recipe(steps: [Specification(named: "magnitude")]),
    Recipe(steps: [Specification(named: "gradient")]),
  ]
  /// How the models are trained.
  public var trainings = [Specification(named: "standard"), Specification(named: "fgsm")]
  /// Suites or single attacks.
  public var attacks = [Specification(named: "quick")]
  /// The norm of the perturbation.
  public var norm = Norm.linf
  /// The radii of the perturbation, in input units.
  public var epsilons: [Epsilon] = [Epsilon("0.1")].compactMap(\.self)
  /// The most queries for one example; nil where the attacks' own budgets alone count.
  public var queryBudget: Int?
  /// The radii in which vectors of words are moved, as shares of their mean length: a diagnostic that is no
  /// text attack; nil for none.
  public var embeddingRadii: [Epsilon]?
  /// What is kept from the attacker.
  public var isolations = [Specification(named: "none")]
  /// How many test examples are attacked: the first ones by index.
  public var examples = 1000
  /// The first seed.
  public var seed: UInt64 = 1
  /// How many seeds, counted up from the first.
  public var seeds = 1
  /// Where tensors live.
  public var device = ComputeDevice.cpu

  /// Creates the experiment in which nothing is stated.
  public init() {}

  /// Keys as on the command line and in experiment files.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    /// The data set.
    case dataset
    /// The models.
    case models = "model"
    /// The list of words.
    case vocabulary
    /// The shares to remove.
    case sparsities = "sparsity"
    /// The recipes.
    case compressions = "compression"
    /// The trainings.
    case trainings = "training"
    /// The attacks.
    case attacks = "attack"
    /// The norm.
    case norm
    /// The radii.
    case epsilons = "epsilon"
    /// The query budget.
    case queryBudget = "query-budget"
    /// The radii of the diagnostic.
    case embeddingRadii = "embedding-radius"
    /// The isolations.
    case isolations = "isolation"
    /// The count of examples.
    case examples
    /// The first seed.
    case seed
    /// The count of seeds.
    case seeds
    /// The device.
    case device
  }

  /// The training of a model that comes trained.
  public static let given = Specification(named: "given")

  /// The trainings where none was asked for: the given ones, but for what has no form in the norm.
  public var usualTrainings: [Specification] {
    norm == .l0 ? trainings.filter { $0.name != "fgsm" } : trainings
  }

  /// The trainings that apply to one of the models: `given` is for files alone.
  public func trainings(of model: ModelSource) -> [Specification] {
    model.isFile ? trainings : trainings.filter { $0 != Experiment.given }
  }
}
