// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Compression
import Language
import Models
import Records
import RobustCore
import Statistics
import Torch
import Training

/// Makes the models of a plan: trains, compresses and fine-tunes what the cache does not hold.
struct VariantMaker: Sendable {
  let resolved: ResolvedExperiment
  let cache: ModelCache?
  let pool: WorkerPool
  let report: @Sendable (ProgressEvent) throws -> Void
  let clock: @Sendable () -> Double

  /// A model with what it took to make it.
  struct Variant: Sendable {
    let plan: VariantPlan
    let classifier: Classifier
    let stageSeconds: [String: Double]
    /// What a search over structures tried; nil where none was made.
    let search: [TrialRecord]?
  }

  /// Every variant of the plan, in order.
  func variants() async throws -> [Variant] {
    var made: [Variant] = []
    for plan in resolved.plan.variants {
      let parent = plan.parent.flatMap { id in made.first { $0.plan.id == id } }
      made.append(try await variant(plan, parent: parent))
    }
    return made
  }

  /// Dense models of other seeds, by the id of the variant that they stand in for, where an attack
  /// asks for them.
  func siblings() async throws -> [String: any Network] {
    let asks = resolved.attacks.asked.contains { attack in
      guard case .prepared(let prepared) = attack.attack else { return false }
      return prepared.surrogate == .sibling
    }
    guard asks else { return [:] }
    var made: [String: any Network] = [:]
    var found: [String: any Network] = [:]
    for plan in resolved.plan.variants {
      let sibling = Plan.sibling(of: plan)
      let network: any Network
      if let known = made[sibling.id] {
        network = known
      } else {
        network = try await variant(sibling, parent: nil).classifier.network
      }
      made[sibling.id] = network
      found[plan.id] = network
    }
    return found
  }

  private func variant(_ plan: VariantPlan, parent: Variant?) async throws -> Variant {
    guard let architecture = resolved.architectures[plan.model] else {
      preconditionFailure("every model of the plan was resolved")
    }
    let random = RandomKey(seed: plan.seed)
    let initial = architecture.initialParameters(random: random.split("initial"))
    let description = try describe(plan, initial, architecture)
    let dense = Classifier(architecture: architecture, parameters: initial)
    if let cached = cache?.model(description, like: dense) {
      return Variant(
        plan: plan, classifier: cached.classifier, stageSeconds: cached.stageSeconds,
        search: cached.search)
    }
    let start = clock()
    let stage: String
    let classifier: Classifier
    let trace = SearchTrace()
    if let recipe = plan.recipe, let parent {
      stage = "compress"
      classifier = try await compressed(
        parent.classifier, recipe, plan, random, cache?.tunings(description), trace)
    } else {
      stage = "train"
      classifier = dense.replacing(
        parameters: try await trained(architecture, initial, plan, random, description))
    }
    let seconds = [stage: clock() - start]
    let search = trace.trials.isEmpty ? nil : trace.trials
    try cache?.store(
      ModelCache.Model(classifier: classifier, stageSeconds: seconds, search: search),
      description)
    return Variant(plan: plan, classifier: classifier, stageSeconds: seconds, search: search)
  }

  /// What a model is made from: its key in the cache.
  private func describe(
    _ plan: VariantPlan, _ initial: ParameterSet, _ architecture: any Architecture
  ) throws -> String {
    // A file's own weights, and the initial ones of a native model, are part of what it is made from.
    let weights = ModelDigest.hex(of: initial)
    let radius = TrainingMember.Context(resolved.experiment, resolved.texts).threat
    return try CanonicalJSON.line(
      [
        "format": "8", "data": resolved.dataset.sha256 ?? resolved.dataset.name,
        "architecture": architecture.name, "initial": weights,
        "model": resolved.modelDigests[plan.model] ?? "",
        "words": resolved.texts.map { "\($0.encoding.length) \($0.encoding.vocabulary.digest)" }
          ?? "",
        "training": try ResolvedExperiment.resolved(
          training: try resolved.training(plan.training, of: plan.model)),
        "compression": try plan.recipe.map(ResolvedExperiment.resolved(recipe:)) ?? "",
        "sparsity": plan.sparsity.description, "seed": String(plan.seed),
        "radius": "\(radius.norm.rawValue) \(radius.epsilon.text)",
        "device": resolved.experiment.device.rawValue, "torch": TorchLibrary.version,
      ])
  }

  private func trained(
    _ architecture: any Architecture, _ initial: ParameterSet, _ plan: VariantPlan,
    _ random: RandomKey, _ description: String
  ) async throws -> ParameterSet {
    guard plan.training != Experiment.given else { return initial }
    guard let train = resolved.train else {
      throw ExperimentError.noTrainingData(resolved.dataset.name)
    }
    let trainer = try TrainingMember.trainer(
      try resolved.training(plan.training, of: plan.model),
      TrainingMember.Context(resolved.experiment, resolved.texts), architecture: architecture,
      examples: train, pool: pool, random: random.split("train"))
    return try await trainer.train(
      from: initial, checkpoints: cache?.checkpoints(description),
      progress: progress(
        "train \(place(of: plan)) \(architecture.name), \(plan.training)\(seedNote(plan))"))
  }

  private func compressed(
    _ parent: Classifier, _ recipe: Recipe, _ plan: VariantPlan, _ random: RandomKey,
    _ store: TuningStore?, _ trace: SearchTrace
  ) async throws -> Classifier {
    guard let steps = resolved.recipes[recipe] else {
      preconditionFailure("every recipe of the plan was resolved")
    }
    var classifier = parent
    for (index, (step, target)) in zip(steps.steps, steps.targets(plan.sparsity.value)).enumerated()
    {
      let key = random.split("compress/\(step.specification)").split(index)
      var tuner = VariantTuner(
        examples: resolved.train, dataset: resolved.dataset.name,
        training: try resolved.training(VariantTuner.training(of: plan), of: plan.model),
        context: TrainingMember.Context(resolved.experiment, resolved.texts), pool: pool,
        random: key,
        initialRandom: random.split("initial"),
        progress: progress(
          "compress \(place(of: plan)) \(recipe)@\(plan.sparsity) of \(parent.architecture.name),"
            + " \(plan.training)\(seedNote(plan))"))
      tuner.store = store
      tuner.trace = trace
      classifier = try await step.method.compressed(
        classifier, to: target, tuning: tuner, random: key)
    }
    return classifier
  }

  /// A variant's place among those that are made as it is, such as `2/3`; none for one that only stands
  /// in for another.
  private func place(of plan: VariantPlan) -> String {
    let alike = resolved.plan.variants.filter { ($0.recipe == nil) == (plan.recipe == nil) }
    return alike.firstIndex { $0.id == plan.id }.map { "\($0 + 1)/\(alike.count)" } ?? "sibling"
  }

  /// Tells the seeds of a run apart; a run of one seed needs no note.
  private func seedNote(_ plan: VariantPlan) -> String {
    resolved.experiment.seeds > 1 ? ", seed \(plan.seed)" : ""
  }

  private func progress(_ stage: String) -> @Sendable (Trainer.Progress) throws -> Void {
    { step in
      try report(
        .advanced(
          StageProgress(
            stage: stage, done: step.step * step.batchSize, total: step.steps * step.batchSize,
            unit: "examples")))
    }
  }
}
