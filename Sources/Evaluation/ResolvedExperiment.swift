// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Compression
import Datasets
import FoundationEssentials
import Hashing
import Models
package import Records
import RobustCore
import Torch
package import Training

/// An experiment with its data loaded and every name checked: what could be wrong is known to be
/// right before anything is trained.
struct ResolvedExperiment: Sendable {
  let experiment: Experiment
  let plan: Plan
  let dataset: DatasetRecord
  /// How texts are read and what may be written in them; nil for images.
  let texts: TextSetting?
  let train: Examples?
  let test: Examples
  /// What models are made for.
  let input: InputDescription
  let attacks: AttackList
  /// The steps of every recipe.
  let recipes: [Recipe: RecipePlan]
  /// Each of the experiment's models by its source.
  let architectures: [ModelSource: any Architecture]
  /// What tells one model from another of the same name: a file's digest, or the native name.
  let modelDigests: [ModelSource: String]

  /// An attack of the suite, ready to run.
  struct ResolvedAttack: Sendable {
    let specification: Specification
    let parameters: [String: ParameterValue]
    let reach: AttackMember.Reach
    var attack: AnyAttack
    /// Whether it follows the model's own gradient where others are given a straight-through one.
    var usesOwnGradient = false
    /// What it writes in texts; nil for an attack on images.
    var constraints: ConstraintSet?
    /// The most queries that it may spend on an example; nil where its own parameters bound them.
    var mostQueries: Int?
  }

  /// Loads the data and resolves every name.
  init(_ experiment: Experiment, dataset: AnyDataset) throws {
    let classes = dataset.classes.count
    attacks = try ResolvedExperiment.attacks(
      of: experiment, classes: classes, texts: dataset.holdsTexts)
    let constraints = try ConstraintSet(of: attacks.asked)
    self.experiment = experiment
    recipes = try ResolvedExperiment.recipes(experiment.compressions)
    plan = Plan(
      experiment, mode: try JudgingMode(attacks.asked), recipes: recipes,
      constraints: constraints, rungs: attacks.rungs)
    guard experiment.examples <= dataset.testCount else {
      throw ExperimentError(
        .tooManyExamples, subject: "--examples \(experiment.examples)",
        detail: "\(dataset.name) has \(dataset.testCount) test examples",
        remedy: "ask for at most that many")
    }
    let words = try ResolvedExperiment.vocabulary(of: experiment, for: dataset)
    let data = try LoadedData(dataset, obeying: constraints, words: words)
    self.dataset = data.record
    texts = data.texts
    test = data.test[0..<experiment.examples]
    train = data.train
    input = data.description
    try ResolvedExperiment.checkRadii(experiment, test)
    try ResolvedExperiment.checkWordVectors(attacks.asked, experiment)
    try ResolvedExperiment.checkEmbeddingRadii(experiment, holdsTexts: dataset.holdsTexts)
    try ResolvedExperiment.checkNames(experiment, data.texts)
    try ResolvedExperiment.checkFileNames(experiment)
    if train == nil { try ResolvedExperiment.checkNothingTrains(experiment, dataset.name) }
    modelDigests = ResolvedExperiment.digests(experiment.models)
    architectures = try ResolvedExperiment.architectures(
      experiment, dataset: dataset.name, input: input)
    for variant in plan.variants {
      guard let recipe = variant.recipe, let architecture = architectures[variant.model] else {
        continue
      }
      try recipes[recipe]?.check(architecture, to: variant.sparsity.value)
    }
    try checkRungs()
  }

  static func recipes(_ compressions: [Recipe]) throws -> [Recipe: RecipePlan] {
    try compressions.reduce(into: [:]) { plans, recipe in
      let plan = try RecipePlan(recipe)
      if let objection = plan.objection {
        throw ExperimentError(
          .senselessRecipe, subject: "compression '\(recipe)'", detail: objection,
          remedy: "give them apart, with a comma, or in another order")
      }
      plans[recipe] = plan
    }
  }

  /// The experiment's attacks.
  static func attacks(
    of experiment: Experiment, classes: Int, texts: Bool
  ) throws -> AttackList {
    let asked = try askedAttacks(of: experiment, classes: classes, texts: texts)
    let rungs = try rungs(
      of: experiment, mode: JudgingMode(asked), classes: classes,
      texts: texts ? ConstraintSet(of: asked) : nil)
    // Attacks on texts look at answers alone, as most do, or at the vectors of words.
    if texts { return AttackList(asked: asked, completion: [], rungs: rungs) }
    // Attacks of a ball have no place among those that look for the nearest adversarial input.
    let completion =
      try JudgingMode(asked) == .worstCase
      ? try AttackWay.completing(asked, norm: experiment.norm, classes: classes) : []
    return AttackList(
      asked: asked,
      completion: try completion.map { try resolved($0, experiment, classes, texts: false) },
      rungs: rungs)
  }

  private static func askedAttacks(
    of experiment: Experiment, classes: Int, texts: Bool
  ) throws -> [ResolvedAttack] {
    let names = try AttackCatalog.expanded(
      experiment.attacks, norm: experiment.norm, classes: classes, texts: texts)
    guard !names.isEmpty else {
      throw ExperimentError(
        .unsupportedNorm,
        subject: "--attack \(experiment.attacks.map(\.description).joined(separator: ","))",
        detail: "nothing in it has a form for \(texts ? "texts in " : "")the norm"
          + " \(experiment.norm.rawValue)",
        remedy: texts
          ? "texts are attacked in the norm l0, which counts words"
          : "choose another suite; `robust-eval list attacks` names them all")
    }
    return try names.map { try resolved($0, experiment, classes, texts: texts) }
  }

  private static func resolved(
    _ specification: Specification, _ experiment: Experiment, _ classes: Int, texts: Bool
  ) throws -> ResolvedAttack {
    let member = try AttackCatalog.member(for: specification)
    let subject = "attack '\(specification)'"
    guard (member.constraints != nil) == texts else {
      throw ExperimentError(
        .wrongData, subject: subject,
        detail: texts
          ? "it changes images, and \(experiment.dataset) holds texts"
          : "it changes texts, and \(experiment.dataset) holds images",
        remedy: texts
          ? "choose an attack on texts, such as textfooler" : "choose an attack on images, as pgd")
    }
    guard member.norms.contains(experiment.norm) else {
      let known = Norm.allCases.filter(member.norms.contains).map(\.rawValue)
      throw ExperimentError(
        .unsupportedNorm, subject: subject,
        detail: "it has no form for the norm \(experiment.norm.rawValue)",
        remedy: "choose another attack, or one of the norms \(known.joined(separator: ", "))")
    }
    let needed = try member.minimumClasses(specification)
    guard needed <= classes else {
      throw ExperimentError(
        .tooFewClasses, subject: subject,
        detail: "it needs \(needed) classes, the data set has \(classes)",
        remedy: "take the margin loss, as in \(specification.name):loss=margin")
    }
    let (attack, parameters) = try member.attack(specification)
    if case .prepared(let prepared) = attack, prepared.surrogate == .sibling,
      let file = experiment.models.first(where: \.isFile)
    {
      throw ExperimentError(
        .noSurrogate, subject: subject, detail: "\(file) has no sibling of another seed",
        remedy: "transfer from the dense parent, or take a model that this program trains")
    }
    return ResolvedAttack(
      specification: specification, parameters: parameters, reach: member.reach, attack: attack,
      usesOwnGradient: member.usesOwnGradient, constraints: member.constraints)
  }

  private static func checkNames(_ experiment: Experiment, _ texts: TextSetting?) throws {
    for training in experiment.trainings where training != Experiment.given {
      let context = TrainingMember.Context(experiment, texts)
      let member = try TrainingCatalog.member(for: training)
      try checkData(of: training, member.data, experiment, holdsTexts: texts != nil)
      _ = try member.resolved(training, context)
    }
  }

  /// Variants, folders and journals are named after the file.
  private static func checkFileNames(_ experiment: Experiment) throws {
    var seen: [String: ModelSource] = [:]
    for model in experiment.models where model.isFile {
      let name = Plan.fileName(model.description)
      if let other = seen[name] {
        throw ExperimentError(
          .sameName, subject: "--model \(model)",
          detail: "\(other) has the same file name, after which reports call it",
          remedy: "rename one of them, or run them apart")
      }
      seen[name] = model
    }
  }

  /// Without training data a given model can be judged and pruned by size, and no more.
  private static func checkNothingTrains(_ experiment: Experiment, _ data: String) throws {
    func refuse(_ subject: String, _ remedy: String) -> ExperimentError {
      ExperimentError(
        .noTrainingData, subject: subject, detail: "\(data) has no training part", remedy: remedy)
    }
    for training in experiment.trainings where training != Experiment.given {
      throw refuse("training '\(training)'", "give a trained model file, or data to train on")
    }
    for recipe in experiment.compressions
    where experiment.sparsities.contains(where: { !$0.isDense }) {
      for step in recipe.steps {
        let values = try CompressionCatalog.member(for: step).entry.resolve(step)
        if values["epochs"]?.real ?? 0 > 0 || values["batches"] != nil {
          throw refuse(
            "compression '\(recipe)'",
            "leave the fine-tuning out, as in magnitude:epochs=0, or add data in train/ and test/")
        }
      }
    }
  }

  /// Digests of what the models' names stand for.
  private static func digests(_ models: [ModelSource]) -> [ModelSource: String] {
    models.reduce(into: [:]) { digests, model in
      let bytes = model.isFile ? FileManager.default.contents(atPath: model.description) : nil
      digests[model] = bytes.map { SHA256.hex(of: [UInt8]($0)) } ?? model.description
    }
  }

  private static func architectures(
    _ experiment: Experiment, dataset: String, input: InputDescription
  ) throws -> [ModelSource: any Architecture] {
    var found: [ModelSource: any Architecture] = [:]
    for model in experiment.models {
      switch model {
      case .architecture(let specification):
        found[model] = try ModelCatalog.architecture(specification, for: input)
      case .file(let path):
        let script = try ScriptArchitecture(
          contentsOf: path, inputShape: input.shape, words: input.words)
        guard script.classes == input.classes else {
          throw ModelError(
            .wrongOutput, subject: path,
            detail: "it has \(script.classes) logits, \(dataset) has \(input.classes) classes",
            remedy: "choose the data set that the model was made for")
        }
        found[model] = script
      }
    }
    return found
  }
}

extension TrainingMember.Context {
  /// Models are hardened against the largest radius of the experiment.
  package init(_ experiment: Experiment) { self.init(experiment, nil) }

  /// Models are hardened against the largest radius of the experiment, and on texts against what its
  /// attacks may write.
  init(_ experiment: Experiment, _ texts: TextSetting?) {
    let largest = experiment.epsilons.max { $0.value < $1.value } ?? experiment.epsilons[0]
    self.init(
      threat: ThreatModel(norm: experiment.norm, epsilon: largest),
      texts: texts.map {
        TextMaterials(encoding: $0.encoding, rules: $0.rules, attack: WeightedSaliency())
      }
    ) { ascent in
      switch ascent {
      case .steps(let steps, let stepSize):
        ProjectedGradient(steps: steps, stepSize: stepSize, stopsAtSuccess: false)
      case .noisyStep(let noise, let stepSize): NoisyGradientStep(noise: noise, stepSize: stepSize)
      }
    }
  }
}
