// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Compression
import Isolation
import Journal
import Records
import Reporting
import RobustCore
import Statistics
import Torch

/// Attacks the members of sharded models one by one, and shows the inputs to all the others.
struct MembersStage: Sendable {
  /// What was counted in one block of examples; a row of the journal.
  struct Counts: Codable, Sendable {
    /// Examples of the block.
    var examples: Int
    /// Right unchanged, by member and last by the whole.
    var clean: [Int]
    /// Right under inputs that mislead the member of the row.
    var transfer: [[Int]]
    /// How many changes of the training data each right prediction survives, example by example; nil where
    /// nothing is proved.
    var survived: [Int]?

    /// Both blocks together.
    func joined(_ other: Counts) -> Counts {
      Counts(
        examples: examples + other.examples, clean: zip(clean, other.clean).map { $0 + $1 },
        transfer: zip(transfer, other.transfer).map { zip($0, $1).map { $0 + $1 } },
        survived: survived.map { $0 + (other.survived ?? []) })
    }
  }

  let resolved: ResolvedExperiment
  let variants: [VariantMaker.Variant]
  let journal: Journal
  let options: RunOptions
  let progress: @Sendable (ProgressEvent) throws -> Void

  private static let steps = 40
  /// As in an attack's parameters.
  static let attack = "pgd:loss=margin:steps=40"

  /// The journal's key for a sharded model in one ball.
  static func key(_ evaluation: EvaluationPlan) -> String { "\(evaluation.blocks)/members" }

  /// The evaluations whose models have members that can be attacked apart.
  static func evaluations(in plan: Plan) -> [EvaluationPlan] {
    guard plan.mode == .worstCase else { return [] }
    let sharded = Set(plan.variants.filter { $0.members != nil }.map(\.id))
    return plan.evaluations.filter {
      !$0.isIsolated && sharded.contains($0.variant) && $0.threat.norm != .l0
    }
  }

  /// Runs what the journal does not hold yet.
  func run() async throws {
    let blocks = BlockJudge.blocks(of: resolved.test.count)
    let pending = try Self.evaluations(in: resolved.plan).flatMap { evaluation in
      let stored = try journal.completedBlocks(ofEvaluation: Self.key(evaluation))
      return (0..<blocks).filter { block in
        let isOurs = options.shard.map { block % $0.count == $0.index - 1 } ?? true
        return isOurs && !stored.contains(block)
      }.map { (evaluation, $0) }
    }
    let done = Counter()
    _ = try await WorkerPool(workers: options.workers).map(pending.count) { index in
      let (evaluation, block) = pending[index]
      guard let counts = try counts(of: evaluation, block: block) else { return }
      try journal.record(
        Array(try CanonicalJSON.line(counts).utf8), evaluation: Self.key(evaluation),
        block: block)
      try progress(
        .advanced(
          StageProgress(
            stage: "members", done: done.increment(), total: pending.count, unit: "blocks")))
    }
  }

  /// Counts one block; nil for a model whose members are no longer apart.
  private func counts(of evaluation: EvaluationPlan, block: Int) throws -> Counts? {
    guard let variant = variants.first(where: { $0.plan.id == evaluation.variant }),
      let architecture = variant.classifier.architecture as? GraphArchitecture,
      !architecture.graph.members.isEmpty
    else { return nil }
    let parameters = variant.classifier.parameters
    let networks =
      architecture.graph.members.indices.map { architecture.member($0 + 1, parameters) }
      + [variant.classifier.attackedNetwork]
    let start = block * BlockJudge.blockSize
    let range = start..<min(start + BlockJudge.blockSize, resolved.test.count)
    let batch = resolved.test.batch(Array(range))
    func right(_ network: any Network, _ inputs: Tensor) throws -> [Bool] {
      (try network.tiledLogits(inputs).indexOfLargest(along: 1) .== batch.labels)
        .elements(of: Bool.self)
    }
    let clean = try networks.map { try right($0, batch.inputs) }
    let random = RandomKey(seed: variant.plan.seed).split("members")
    let climb = ProjectedGradient(steps: Self.steps, loss: .margin, stopsAtSuccess: false)
    let transfer = try networks.indices.map { source in
      let victim = ModelVictim(
        networks[source], classes: resolved.test.classes, inputRange: resolved.test.inputRange,
        rows: batch.count)
      let inputs = try climb.perturb(
        batch, within: evaluation.threat, against: victim, random: random.split(source))
      return try networks.indices.map { target in
        // A wrong example stays one, whatever an attack of another member makes of it.
        zip(clean[target], try right(networks[target], inputs)).count { $0 && $1 }
      }
    }
    var survived: [Int]?
    if variant.plan.provesPoisoning {
      let votes = try variant.classifier.network.tiledLogits(batch.inputs)
      survived = zip(PartitionVote.survivedChanges(votes), clean[networks.count - 1])
        .filter(\.1).map(\.0)
    }
    return Counts(
      examples: batch.count, clean: clean.map { $0.count { $0 } }, transfer: transfer,
      survived: survived)
  }

  /// The records of all sharded models, as the journal holds what was counted.
  static func records(of plan: Plan, in journal: Journal) throws -> [MembersRecord] {
    try evaluations(in: plan).compactMap { evaluation in
      let blocks = try journal.blocks(ofEvaluation: key(evaluation)).map {
        try CanonicalJSON.value(Counts.self, from: String(decoding: $0.payload, as: UTF8.self))
      }
      guard let first = blocks.first else { return nil }
      let all = blocks.dropFirst().reduce(first) { $0.joined($1) }
      func share(_ count: Int) -> Double { Double(count) / Double(all.examples) }
      return MembersRecord(
        variant: evaluation.variant, norm: evaluation.threat.norm,
        epsilon: evaluation.threat.epsilon, attack: attack, examples: all.examples,
        names: (1..<all.clean.count).map { "member \($0)" } + ["whole"],
        cleanAccuracy: all.clean.map(share), transfer: all.transfer.map { $0.map(share) },
        poisoning: all.survived.map { poisoning($0, examples: all.examples) })
    }
  }

  /// The share that survives each number of changes, up to the first that none survives.
  private static func poisoning(_ survived: [Int], examples: Int) -> [MembersRecord.Poisoning] {
    let most = survived.max() ?? 0
    return (0...most + 1).map { changes in
      let count = survived.count { $0 >= changes }
      let interval = ProportionInterval(
        successes: count, trials: examples, level: Analysis.level
      ).interval
      return MembersRecord.Poisoning(
        changes: changes,
        certifiedAccuracy: Estimate(
          value: Double(count) / Double(examples), low: interval.low, high: interval.high,
          level: Analysis.level))
    }
  }
}

extension VariantPlan {
  /// Whether votes prove anything: members saw disjoint data, vote, and were not tuned together later.
  fileprivate var provesPoisoning: Bool {
    guard let sharding, recipe?.steps.count == 1 else { return false }
    return sharding.division == .data && sharding.combination == .vote
  }
}
