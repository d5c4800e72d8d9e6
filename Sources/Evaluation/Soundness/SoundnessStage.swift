// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Journal
import Records
import RobustCore
import Statistics

/// Runs the soundness checks of every evaluation that the journal does not hold yet.
///
/// What they may spend follows from the first block's cost, so that neither workers nor shards change
/// a digit; they belong to the shard that has this block.
struct SoundnessStage: Sendable {
  let resolved: ResolvedExperiment
  let variants: [VariantMaker.Variant]
  let journal: Journal
  let options: RunOptions
  /// How many examples the attacks took.
  let examples: Int
  let progress: @Sendable (ProgressEvent) throws -> Void

  /// The journal's key for the checks of an evaluation's blocks.
  static func key(_ evaluation: EvaluationPlan) -> String { "\(evaluation.blocks)/soundness" }

  /// Runs what is missing, by as many workers as the options say.
  func run() async throws {
    guard options.shard.map({ $0.index == 1 }) ?? true, resolved.plan.isChecked else { return }
    let pending = try resolved.plan.judged.filter {
      try journal.completedBlocks(ofEvaluation: Self.key($0)).isEmpty
    }
    let done = Counter()
    _ = try await WorkerPool(workers: options.workers).map(pending.count) { index in
      let evaluation = pending[index]
      let report = try report(on: evaluation)
      try journal.record(
        Array(try CanonicalJSON.line(report).utf8), evaluation: Self.key(evaluation), block: 0)
      try progress(
        .advanced(
          StageProgress(
            stage: "check", done: done.increment(), total: pending.count, unit: "evaluations")))
    }
  }

  /// The findings of an evaluation's checks, as the journal holds them.
  static func findings(
    of evaluation: EvaluationPlan, in journal: Journal
  ) throws -> [SoundnessFinding] {
    guard let stored = try journal.payload(evaluation: key(evaluation), block: 0) else { return [] }
    return try CanonicalJSON.value(
      SoundnessProbe.Report.self, from: String(decoding: stored, as: UTF8.self)
    ).findings
  }

  private func report(on evaluation: EvaluationPlan) throws -> SoundnessProbe.Report {
    guard let variant = variants.first(where: { $0.plan.id == evaluation.variant }),
      let stored = try journal.payload(evaluation: evaluation.blocks, block: 0)
    else { preconditionFailure("the first block was judged by this run") }
    let result = try CanonicalJSON.value(
      BlockResult.self, from: String(decoding: stored, as: UTF8.self))
    let outcomes = result.attacks.map(\.outcomes)
    let random = RandomKey(seed: variant.plan.seed).split("soundness")
    let network = variant.classifier.attackedNetwork
    let parent = variants.first { $0.plan.id == variant.plan.parent }
    // The last block may be a short one, so examples are counted and not blocks.
    let scale = Double(examples) / Double(min(examples, BlockJudge.blockSize))
    let probe = SoundnessProbe(
      network: network,
      features: resolved.texts == nil ? variant.classifier.featureNetwork : nil,
      parent: parent?.classifier.attackedNetwork,
      sample: SoundnessSample(of: resolved.test, outcomes: outcomes, random: random),
      threat: evaluation.threat, attacks: resolved.attacks.of(evaluation), blackBox: blackBox,
      random: random,
      budget: SoundnessProbe.budget(of: outcomes) * scale, readsTexts: resolved.texts != nil)
    let found = try probe.report()
    let mode = try EvaluationMode.finding(network, inputs: resolved.test.inputs)
    return SoundnessProbe.Report(
      findings: found.findings + [mode], gradients: found.gradients, budget: found.budget)
  }

  /// Random search, where the norm has a form for it.
  private var blackBox: ProbeSetting.BlackBox? {
    guard resolved.experiment.norm != .l0 else { return nil }
    let queries = 500
    return ProbeSetting.BlackBox(
      name: "square", attack: .score(SquareAttack(queries: queries)), queries: queries)
  }
}
