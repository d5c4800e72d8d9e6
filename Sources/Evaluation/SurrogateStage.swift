// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Isolation
import Journal
import Language
import Models
import Records
import RobustCore
import Statistics
import Torch
import Training

/// Makes what those attack by who see a part of a model, or its answers alone.
///
/// What is learned is kept like a model, under all that it follows from, so that another run, another
/// shard and one that goes on find the same.
struct SurrogateStage: Sendable {
  let resolved: ResolvedExperiment
  let variants: [VariantMaker.Variant]
  let journal: Journal
  let cache: ModelCache
  let options: RunOptions
  let clock: @Sendable () -> Double
  let progress: @Sendable (ProgressEvent) throws -> Void

  /// The journal's key for what an evaluation's attacker learned.
  static func key(_ evaluation: EvaluationPlan) -> String { "\(evaluation.attacker)/surrogate" }

  /// What was learned for an evaluation, as the journal holds it; nil where nothing was to learn.
  static func record(
    of evaluation: EvaluationPlan, in journal: Journal
  ) throws -> ExtractionRecord? {
    try journal.payload(evaluation: key(evaluation), block: 0).map {
      try CanonicalJSON.value(ExtractionRecord.self, from: String(decoding: $0, as: UTF8.self))
    }
  }

  /// Stand-ins for every evaluation that has blocks to be attacked, by its attacker.
  ///
  /// - Parameter processes: Models that are asked in processes of their own.
  /// - Returns: What each attacker attacks in the place of the model, by what it is.
  /// - Throws: What a model, training or the journal throws.
  func made(
    asking processes: [String: IsolatedModel]
  ) async throws -> [String: [Surrogate: any Network]] {
    var made: [String: [Surrogate: any Network]] = [:]
    for evaluation in resolved.plan.judged where made[evaluation.attacker] == nil {
      guard let resolvedRung = resolved.attacks.rung(of: evaluation),
        let variant = variants.first(where: { $0.plan.id == evaluation.variant }),
        try isNeeded(evaluation, resolvedRung.rung)
      else { continue }
      made[evaluation.attacker] = try await surrogates(
        variant, resolvedRung, evaluation,
        victim: processes[evaluation.attacker]?.network ?? variant.classifier.network)
    }
    return made
  }

  /// Starts a process for every model that attackers have to ask, and measures what that costs.
  ///
  /// - Throws: `IsolationError` where the system refuses the walls: then nothing is called isolated.
  func processes() throws -> [String: IsolatedModel] {
    var started: [String: IsolatedModel] = [:]
    for evaluation in resolved.plan.judged where started[evaluation.attacker] == nil {
      guard let rung = resolved.attacks.rung(of: evaluation)?.rung, let policy = rung.policy,
        let variant = variants.first(where: { $0.plan.id == evaluation.variant }),
        try isNeeded(evaluation, rung)
      else { continue }
      let key = ProcessCost.key(evaluation)
      if recordsFacts, try journal.completedBlocks(ofEvaluation: key).isEmpty {
        // A process of its own, without limits, so that timing spends nothing of the budget.
        let free = try IsolatedModel(
          variant.classifier, policy: AnswerPolicy(answers: policy.answers),
          channels: options.workers)
        let record = try ProcessCost(clock: clock).record(
          of: free, against: variant.classifier)
        try journal.record(Array(try CanonicalJSON.line(record).utf8), evaluation: key, block: 0)
      }
      started[evaluation.attacker] = try IsolatedModel(
        variant.classifier, policy: policy, channels: options.workers)
    }
    return started
  }

  private var recordsFacts: Bool { options.shard.map { $0.index == 1 } ?? true }

  /// Whether the journal lacks blocks of the attacker, whatever the radius, or what it learned.
  private func isNeeded(_ evaluation: EvaluationPlan, _ rung: Rung) throws -> Bool {
    let blocks = BlockJudge.blocks(of: resolved.test.count)
    let lacksBlocks = try resolved.plan.judged.contains {
      guard $0.attacker == evaluation.attacker else { return false }
      return try journal.completedBlocks(ofEvaluation: $0.blocks).count < blocks
    }
    return try lacksBlocks
      || rung.extraction != nil && Self.record(of: evaluation, in: journal) == nil
  }

  private func surrogates(
    _ variant: VariantMaker.Variant, _ resolvedRung: ResolvedRung, _ evaluation: EvaluationPlan,
    victim: any Network
  ) async throws -> [Surrogate: any Network] {
    let rung = resolvedRung.rung
    guard let extraction = rung.extraction else { return [:] }
    let (architecture, parameters) = try layers(of: variant, rung)
    let exposure = rung.view.exposure(of: architecture, parameters)
    let random = RandomKey(seed: variant.plan.seed).split("surrogate/\(rung.view.name)")
    let threat = widestThreat(of: evaluation)
    let description = try describe(variant, rung, extraction, threat)
    let empty = Classifier(architecture: architecture, parameters: parameters)
    let learned: Classifier
    // A process that counts its answers must be asked again, or more would be left of its budget.
    if rung.policy?.queryBudget == nil, let cached = cache.model(description, like: empty) {
      learned = cached.classifier
    } else {
      let learner = SurrogateLearner(
        architecture: architecture, parameters: parameters, exposure: exposure,
        victim: victim, answersScores: rung.answersScores,
        extraction: extraction, inputs: queries(within: threat),
        training: AnswerTraining(
          pool: WorkerPool(workers: options.workers), random: random.split("train"),
          progress: report("learn \(resolvedRung.name) of \(variant.plan.id)")),
        pool: WorkerPool(workers: options.workers), random: random)
      learned = try await learner.learned()
      try cache.store(
        ModelCache.Model(classifier: learned, stageSeconds: [:]), description)
    }
    if recordsFacts, try Self.record(of: evaluation, in: journal) == nil {
      let record = try ExtractionRecord(
        queries: exposure.isComplete ? 0 : extraction.queries,
        inputs: extraction.inputs.rawValue, answersScores: rung.answersScores,
        hiddenShare: Double(exposure.counts.hidden) / Double(exposure.counts.all),
        fidelity: fidelity(of: learned.network, to: variant.classifier.network))
      try journal.record(
        Array(try CanonicalJSON.line(record).utf8), evaluation: Self.key(evaluation), block: 0)
    }
    var found: [Surrogate: any Network] = [.learned: learned.attackedNetwork]
    switch rung.view {
    case .front(let layers): found[.front] = architecture.front(layers, parameters)
    case .member(let member, _): found[.member] = architecture.member(member, parameters)
    default: break
    }
    return found
  }

  /// What an attacker asks about.
  private func queries(within threat: ThreatModel) -> any QuerySource {
    if let texts = resolved.texts {
      return TextQueries(
        pool: resolved.train?.texts ?? [], encoding: texts.encoding, rules: texts.rules,
        threat: threat, climb: WeightedSaliency())
    }
    return ImageQueries(
      pool: resolved.train, shape: resolved.test.inputShape, range: resolved.test.inputRange,
      threat: threat,
      climb: ProjectedGradient(steps: 10, loss: .margin, stopsAtSuccess: false))
  }

  /// The layers of a model; where a file keeps its own to itself, those of a small network of ours.
  private func layers(
    of variant: VariantMaker.Variant, _ rung: Rung
  ) throws -> (GraphArchitecture, ParameterSet) {
    let classifier = variant.classifier
    do {
      guard let layered = classifier.architecture as? any LayeredArchitecture else {
        throw ViewError(
          .unknownLayers, subject: "model '\(classifier.architecture.name)'",
          detail: "its layers are not known", remedy: "hide the whole model, by scores or label")
      }
      return try layered.layered(classifier.parameters)
    } catch let error as any InputError {
      guard !rung.view.dividesLayers else { throw error }
      let own = try ModelCatalog.architecture(
        Specification(named: resolved.texts == nil ? "cnn" : "text-cnn"), for: resolved.input)
      return (own, own.initialParameters(random: RandomKey(seed: variant.plan.seed)))
    }
  }

  /// The largest ball that the attacker's examples are attacked in.
  private func widestThreat(of evaluation: EvaluationPlan) -> ThreatModel {
    resolved.plan.evaluations.filter { $0.attacker == evaluation.attacker }.map(\.threat)
      .max { $0.epsilon.value < $1.epsilon.value } ?? evaluation.threat
  }

  /// The share of the judged examples on which two models agree, with its exact interval.
  private func fidelity(of surrogate: any Network, to victim: any Network) throws -> Estimate {
    let inputs = resolved.test.inputs
    let answers = try [surrogate, victim].map {
      try $0.tiledLogits(inputs).indexOfLargest(along: 1)
    }
    let agreed = (answers[0] .== answers[1]).elements(of: Bool.self).count { $0 }
    let level = 0.95
    let interval = ProportionInterval(
      successes: agreed, trials: resolved.test.count, level: level
    ).interval
    return Estimate(
      value: Double(agreed) / Double(resolved.test.count), low: interval.low,
      high: interval.high, level: level)
  }

  /// What a stand-in is learned from: its key in the cache.
  private func describe(
    _ variant: VariantMaker.Variant, _ rung: Rung, _ extraction: Rung.Extraction,
    _ threat: ThreatModel
  ) throws -> String {
    let words = resolved.texts.map { "\($0.encoding.length) \($0.encoding.vocabulary.digest)" }
    return try CanonicalJSON.line(
      [
        "kind": "surrogate", "format": "1",
        "data": resolved.dataset.sha256 ?? resolved.dataset.name,
        "victim": ModelDigest.hex(of: variant.classifier.parameters),
        "structure": variant.classifier.architecture.structure
          ?? variant.classifier.architecture.name,
        "view": rung.view.name, "queries": String(extraction.queries),
        "inputs": extraction.inputs.rawValue, "epochs": String(extraction.epochs),
        "answers": rung.policy.map { "\($0.answers)" } ?? "logits",
        "ball": "\(threat.norm.rawValue) \(threat.epsilon.text)",
        "words": words ?? "",
        "rules": resolved.texts?.rules.set.rawValue ?? "", "seed": String(variant.plan.seed),
        "torch": TorchLibrary.version,
      ])
  }

  private func report(_ stage: String) -> @Sendable (Trainer.Progress) throws -> Void {
    { step in
      try progress(
        .advanced(
          StageProgress(
            stage: stage, done: step.step * step.batchSize, total: step.steps * step.batchSize,
            unit: "examples")))
    }
  }
}
