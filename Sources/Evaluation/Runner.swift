// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import FoundationEssentials
import Journal
public import Records
import Reporting
import RobustCore
import Statistics
import Torch
import Training

/// Runs one experiment from its settings to its report.
public struct Runner: Sendable {
  /// What is to be found out.
  public let experiment: Experiment
  /// How it is run.
  public let options: RunOptions
  /// What the run is told of the world.
  public let environment: RunEnvironment
  /// When the run ends before its last example; nil for never.
  public let stopping: StoppingRule?
  /// Says what a policy makes of the finished report; nil without one.
  public var judge: (@Sendable (Report) throws -> GateResult)?
  /// Looks, before anything is trained, at a report of nothing but names; what it throws ends the run.
  public var precheck: (@Sendable (Report) throws -> Void)?
  /// Hears of progress; what it throws ends the run, and what was done is kept.
  public let progress: @Sendable (ProgressEvent) throws -> Void

  /// Creates a runner; a shard has no stopping rule, since it does not see what the others find.
  public init(
    experiment: Experiment, options: RunOptions, environment: RunEnvironment,
    stopping: StoppingRule? = nil,
    progress: @escaping @Sendable (ProgressEvent) throws -> Void
  ) {
    self.experiment = experiment
    self.options = options
    self.environment = environment
    self.stopping = stopping
    self.progress = progress
  }

  /// The folder that the run writes into.
  public var folder: String { options.folder(for: experiment) }

  /// What a run would do and about how long it would take, without doing it.
  ///
  /// - Throws: An `InputError` where a name, file or number is wrong.
  public func plan() throws -> PlanSummary {
    let resolved = try resolve()
    try precheck?(outline(resolved))
    return try CostEstimate(resolved, workers: options.workers, clock: environment.clock).summary
  }

  /// Makes the variants, attacks them, and writes the report into the folder.
  ///
  /// An unfinished run of the same experiment in the folder is gone on with.
  ///
  /// - Returns: The report; for a shard the variants alone.
  /// - Throws: An `InputError` where the cause lies outside; what `progress` throws.
  public func run() async throws -> Report {
    let resolved = try resolve()
    try precheck?(outline(resolved))
    // Asked for now, not after the first training.
    if options.cache != nil { try OutputFolder.make(modelCache.folder) }
    try PlotRenderer().check()
    let identity = try JournalIdentity(
      resolved, options, stopping, version: environment.tool.version, libtorch: TorchLibrary.version
    )
    let journal = try Journal.open(inFolder: folder, identity: identity)
    OutputFolder.removeUnfinished(below: folder)
    let pool = WorkerPool(workers: options.workers)
    let maker = VariantMaker(
      resolved: resolved, cache: modelCache, pool: pool,
      report: progress, clock: environment.clock)
    let variants = try await maker.variants()
    var skeleton = try await skeleton(resolved, variants, pool)
    let surrogates = SurrogateStage(
      resolved: resolved, variants: variants, journal: journal, cache: modelCache,
      options: options, clock: environment.clock, progress: progress)
    var stage = AttackStage(
      resolved: resolved, variants: variants, siblings: try await maker.siblings(),
      journal: journal, options: options, clock: environment.clock, progress: progress,
      order: stopping == nil ? nil : order(of: resolved))
    stage.processes = try surrogates.processes()
    stage.surrogates = try await surrogates.made(asking: stage.processes)
    let seen = try await attack(stage, skeleton, resolved, journal)
    skeleton.stopping = record(seen, resolved)
    try await SoundnessStage(
      resolved: resolved, variants: variants, journal: journal, options: options,
      examples: seen, progress: progress
    ).run()
    if stopping == nil {
      try await MembersStage(
        resolved: resolved, variants: variants, journal: journal, options: options,
        progress: progress
      ).run()
      try await EmbeddingStage(
        resolved: resolved, variants: variants, journal: journal, options: options,
        progress: progress
      ).run()
    }
    // Proofs take no queries and few seconds, so that shards leave all of them to the first.
    let isFirst = options.shard.map { $0.index == 1 } ?? true
    let certified =
      stopping == nil && isFirst ? try await resolved.certified(variants, pool: pool) : [:]
    let result: Report
    if options.shard == nil {
      result = try RunFolder(folder: folder).finish(
        skeleton, plan: resolved.plan, attacks: resolved.attacks, journal: journal,
        certified: certified, radii: experiment.embeddingRadii, judge: judge)
    } else {
      try AtomicFile.write(
        try CanonicalJSON.text(
          ShardRecord(identity, skeleton, certified: isFirst ? certified : nil)),
        to: "\(folder)/\(RunFolder.shardFile)")
      result = skeleton
    }
    try journal.finish()
    if options.cache == nil { try? FileManager.default.removeItem(atPath: privateCache) }
    return result
  }

  /// Attacks all examples, or as many as the stopping rule takes.
  private func attack(
    _ stage: AttackStage, _ skeleton: Report, _ resolved: ResolvedExperiment, _ journal: Journal
  ) async throws -> Int {
    guard let stopping else { return try await stage.run() }
    precondition(options.shard == nil, "a shard sees its own blocks alone")
    var verdicts = RunningVerdicts(
      resolved, folder: RunFolder(folder: folder), journal: journal)
    return try await stage.run { blocks in
      try verdicts.read(block: blocks - 1)
      let seen = min(blocks * BlockJudge.blockSize, resolved.test.count)
      guard let record = record(seen, resolved) else { return false }
      return try stopping.isDecided(verdicts.report(skeleton, record))
    }
  }

  private func order(of resolved: ResolvedExperiment) -> [Int] {
    ExampleOrder.indices(seed: experiment.seed, count: resolved.test.count)
  }

  private func record(_ seen: Int, _ resolved: ResolvedExperiment) -> StoppingRecord? {
    stopping?.record(seen: seen, of: resolved.test.count, seed: experiment.seed)
  }

  /// Without the shared cache, finished models are kept in the folder until the run ends, so that it
  /// can still be resumed.
  private var privateCache: String { "\(folder)/.models" }

  private var modelCache: ModelCache {
    ModelCache(folder: options.cache.map { "\($0)/models" } ?? privateCache)
  }

  private func resolve() throws -> ResolvedExperiment {
    try TorchLibrary.load()
    TorchLibrary.limitThreads(to: 1)
    // The engine keeps every tensor on the CPU; a report that says `cuda` would not be true.
    guard experiment.device == .cpu else {
      throw ExperimentError(
        .noDevice, subject: "--device \(experiment.device.rawValue)",
        detail: "this version runs models on the CPU alone", remedy: "leave the option out")
    }
    let dataset = try dataset()
    var experiment = experiment
    if options.takesFewerExamples, experiment.examples > dataset.testCount {
      experiment.examples = dataset.testCount
      try progress(
        .notice("\(dataset.name) has \(dataset.testCount) test examples: all of them are attacked"))
    }
    return try ResolvedExperiment(experiment, dataset: dataset)
  }

  /// The data set; generated shapes stand in for images whose package is not installed.
  private func dataset() throws -> AnyDataset {
    let catalog = DatasetCatalog(
      manifestFolder: environment.manifestFolder.map { URL(filePath: $0) })
    if experiment.dataset == "fashion-mnist", !catalog.isInstalled("fashion-mnist") {
      try progress(
        .notice(
          "fashion-mnist is not installed (apt-get install dataset-fashion-mnist);"
            + " the generated data set 'shapes' is used in its place"))
      return try catalog.open("shapes")
    }
    return try catalog.open(experiment.dataset)
  }

  /// The report before anything was attacked.
  private func skeleton(
    _ resolved: ResolvedExperiment, _ variants: [VariantMaker.Variant], _ pool: WorkerPool
  ) async throws -> Report {
    let models = ModelFolder(
      folder: "\(folder)/models", vocabulary: resolved.texts?.encoding.vocabulary)
    let footprint = Footprint(clock: environment.clock)
    // All files first, since packing takes every core and timing wants one for itself.
    let packed = try await pool.map(variants.count) {
      try models.write(variants[$0].classifier, id: variants[$0].plan.id)
    }
    let threat = TrainingMember.Context(resolved.experiment, resolved.texts).threat
    let records = try variants.enumerated().map { index, variant in
      try progress(
        .advanced(
          StageProgress(
            stage: "measure", done: index + 1, total: variants.count, unit: "variants")))
      let parent = variants.first { $0.plan.id == variant.plan.parent }?.classifier
      return try VariantRecord(
        variant, parent: parent, packed: packed[index], footprint: footprint,
        examples: resolved.test, threat: threat)
    }
    return try report(resolved, records)
  }

  /// A report without findings.
  private func report(
    _ resolved: ResolvedExperiment, _ variants: [VariantRecord],
    _ evaluations: [EvaluationRecord] = []
  ) throws -> Report {
    var machine = environment.machine
    machine.device = experiment.device.rawValue
    machine.libraries = ["libtorch": TorchLibrary.version, "gsl": GSLLibrary.version]
    return Report(
      tool: environment.tool, created: environment.now(), command: options.command,
      seed: experiment.seed, environment: machine, dataset: resolved.dataset,
      experiment: try settings(resolved),
      variants: variants, evaluations: evaluations)
  }

  private func outline(_ resolved: ResolvedExperiment) throws -> Report {
    try report(
      resolved, resolved.plan.variants.map { $0.outline(resolved) },
      resolved.plan.evaluations.map { $0.outline(suite: resolved.plan.suite(of: $0)) })
  }

  /// The experiment as it was asked for, and what its short names stand for.
  private func settings(_ resolved: ResolvedExperiment) throws -> JSONValue {
    let asked = try CanonicalJSON.value(
      JSONValue.self, from: try CanonicalJSON.text(resolved.experiment))
    guard case .object(var members) = asked else { return asked }
    members["resolved"] = .object(try resolved.settings().mapValues { .string($0) })
    return .object(members)
  }
}
