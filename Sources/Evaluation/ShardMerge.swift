// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Glibc
import Isolation
import Journal
public import Records
import RobustCore

/// Joins the shards of one run into what a single machine would have left.
public struct ShardMerge: Sendable {
  /// The folders that the shards wrote.
  public let shards: [String]
  /// The folder to write into.
  public let output: String
  /// Says what a policy makes of the report; nil without one.
  public var judge: (@Sendable (Report) throws -> GateResult)?

  /// Creates a merge of at least one shard.
  public init(shards: [String], output: String) {
    self.shards = shards
    self.output = output
  }

  /// Joins the journals and writes the report.
  ///
  /// - Throws: ``ExperimentError`` with code `incompleteShards`; `JournalError`; `OutputError`.
  public func run() throws -> Report {
    let skeletons = try shards.map { (folder: $0, record: try skeleton(in: $0)) }
    guard let first = skeletons.first else { preconditionFailure("a merge needs a shard") }
    for other in skeletons.dropFirst() { try check(other, against: first) }
    let experiment = try CanonicalJSON.value(
      Experiment.self, from: try CanonicalJSON.text(first.record.report.experiment))
    let dataset = first.record.report.dataset
    let attacks = try ResolvedExperiment.attacks(
      of: experiment, classes: dataset.classes, texts: dataset.holdsTexts)
    let plan = Plan(
      experiment, mode: try JudgingMode(attacks.asked),
      recipes: try ResolvedExperiment.recipes(experiment.compressions),
      constraints: try ConstraintSet(of: attacks.asked), rungs: attacks.rungs)
    let identity = JournalIdentity(
      digest: first.record.digest, description: first.record.description)
    let isNew = access(output, F_OK) != 0
    let journal = try Journal.open(inFolder: output, identity: identity)
    OutputFolder.removeUnfinished(below: output)
    do {
      for shard in shards { try journal.merge(fromFolder: shard) }
      try checkComplete(journal, plan, attacks, examples: experiment.examples)
    } catch {
      // What the shards hold, they hold still.
      if isNew { try? FileManager.default.removeItem(atPath: output) }
      throw error
    }
    try copyModels(from: first.folder)
    let report = try RunFolder(folder: output).finish(
      first.record.report, plan: plan, attacks: attacks, journal: journal,
      certified: skeletons.compactMap(\.record.certified).first ?? [:],
      radii: experiment.embeddingRadii, judge: judge)
    try journal.finish()
    return report
  }

  private func skeleton(in folder: String) throws -> ShardRecord {
    let path = "\(folder)/\(RunFolder.shardFile)"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8),
      let record = try? CanonicalJSON.value(ShardRecord.self, from: text)
    else {
      throw ExperimentError(
        .incompleteShards, subject: path, detail: "no finished shard lies there",
        remedy: "run the shard to its end with --shard I/N --output \(folder)")
    }
    return record
  }

  private func check(
    _ shard: (folder: String, record: ShardRecord),
    against first: (folder: String, record: ShardRecord)
  ) throws {
    let differs = zip(shard.record.report.variants, first.record.report.variants)
      .first { $0.sha256 != $1.sha256 }
    if let differs {
      throw ExperimentError(
        .incompleteShards, subject: shard.folder,
        detail: "its model '\(differs.0.id)' differs from that of \(first.folder)",
        remedy: "run all shards with the same program, libraries and settings")
    }
  }

  private func checkComplete(
    _ journal: Journal, _ plan: Plan, _ attacks: AttackList, examples: Int
  ) throws {
    let blocks = BlockJudge.blocks(of: examples)
    for evaluation in plan.evaluations {
      let stored = try journal.completedBlocks(ofEvaluation: evaluation.blocks)
      guard stored.count == blocks else {
        throw ExperimentError(
          .incompleteShards, subject: output,
          detail: "\(stored.count) of \(blocks) blocks of '\(evaluation.id)' are there",
          remedy: "name every shard of the run")
      }
      let checks = try journal.completedBlocks(ofEvaluation: SoundnessStage.key(evaluation))
      guard !plan.isChecked(evaluation) || !checks.isEmpty else {
        throw ExperimentError(
          .incompleteShards, subject: output,
          detail: "the soundness checks of '\(evaluation.id)' are missing",
          remedy: "run the first shard to its end")
      }
      let learns = attacks.rung(of: evaluation)?.rung.extraction != nil
      guard try !learns || SurrogateStage.record(of: evaluation, in: journal) != nil else {
        throw ExperimentError(
          .incompleteShards, subject: output,
          detail: "what the attacker of '\(evaluation.id)' learned is missing",
          remedy: "run the first shard to its end")
      }
    }
  }

  /// Copies beside the place and renames, so that a merge that is cut off leaves no half of them.
  private func copyModels(from folder: String) throws {
    let (source, target) = ("\(folder)/models", "\(output)/models")
    let copy = "\(output)/.models.partial"
    guard FileManager.default.fileExists(atPath: source),
      !FileManager.default.fileExists(atPath: target)
    else { return }
    do {
      try FileManager.default.copyItem(atPath: source, toPath: copy)
      try FileManager.default.moveItem(atPath: copy, toPath: target)
    } catch {
      try? FileManager.default.removeItem(atPath: copy)
      throw OutputError(subject: target, errno: EIO)
    }
  }
}
