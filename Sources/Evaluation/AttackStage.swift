// SPDX-License-Identifier: GPL-3.0-or-later

import Isolation
import Journal
import Records
import RobustCore
import Statistics

/// Attacks every block that the journal does not hold yet.
struct AttackStage: Sendable {
  let resolved: ResolvedExperiment
  let variants: [VariantMaker.Variant]
  /// Dense models of other seeds, by the id of the variant that they stand in for.
  let siblings: [String: any Network]
  /// Stand-ins of those who see a part of a model, by ``EvaluationPlan/attacker``.
  var surrogates: [String: [Surrogate: any Network]] = [:]
  /// Models in processes of their own, by the same.
  var processes: [String: IsolatedModel] = [:]
  let journal: Journal
  let options: RunOptions
  let clock: @Sendable () -> Double
  let progress: @Sendable (ProgressEvent) throws -> Void

  /// The order of the examples, or nil for that of their indices.
  var order: [Int]?

  /// Runs the attacks of all evaluations, by as many workers as the options say.
  ///
  /// - Parameter isEnough: Where given, blocks come in rounds, each of one block of every evaluation; it
  ///   is asked after each with the number of blocks done. Workers do not change when it is asked.
  /// - Returns: The number of examples that were attacked.
  /// - Throws: What a model, the journal or `isEnough` throws.
  @discardableResult
  func run(until isEnough: ((_ blocks: Int) throws -> Bool)? = nil) async throws -> Int {
    let count = resolved.test.count
    let blocks = BlockJudge.blocks(of: count)
    let pending = try pendingBlocks()
    let rounds = isEnough == nil ? [0..<blocks] : (0..<blocks).map { $0..<$0 + 1 }
    let done = Counter()
    var judges: [String: BlockJudge] = [:]
    for round in rounds {
      let work = pending.filter { round.contains($0.block) }
      let missing = Set(work.map(\.key)).subtracting(judges.keys)
      judges.merge(try await self.judges(of: missing)) { known, _ in known }
      try await attack(work, judges, done, total: pending.count)
      if let isEnough, try isEnough(round.upperBound) {
        return min(round.upperBound * BlockJudge.blockSize, count)
      }
    }
    return count
  }

  private func attack(
    _ work: [(key: String, block: Int)], _ judges: [String: BlockJudge], _ done: Counter,
    total: Int
  ) async throws {
    _ = try await WorkerPool(workers: options.workers).map(work.count) { index in
      let (key, block) = work[index]
      guard let judge = judges[key] else {
        preconditionFailure("every evaluation with a pending block has a judge")
      }
      let result = try judge.judge(block: block)
      try journal.record(
        Array(try CanonicalJSON.line(result).utf8), evaluation: key, block: block)
      try progress(
        .advanced(
          StageProgress(
            stage: "attack", done: done.increment(), total: total, unit: "blocks")))
    }
  }

  private func pendingBlocks() throws -> [(key: String, block: Int)] {
    let blocks = BlockJudge.blocks(of: resolved.test.count)
    return try resolved.plan.judged.flatMap { evaluation in
      let stored = try journal.completedBlocks(ofEvaluation: evaluation.blocks)
      return (0..<blocks).filter { block in
        let isOurs = options.shard.map { block % $0.count == $0.index - 1 } ?? true
        return isOurs && !stored.contains(block)
      }.map { (evaluation.blocks, $0) }
    }
  }

  /// The judges of some evaluations; attacks that learn first do so here.
  private func judges(of keys: Set<String>) async throws -> [String: BlockJudge] {
    let needed = resolved.plan.judged.filter { keys.contains($0.blocks) }
    let made = try await WorkerPool(workers: options.workers).map(needed.count) { index in
      try judge(of: needed[index])
    }
    return Dictionary(uniqueKeysWithValues: zip(needed.map(\.blocks), made))
  }

  private func judge(of evaluation: EvaluationPlan) throws -> BlockJudge {
    guard let variant = variants.first(where: { $0.plan.id == evaluation.variant }) else {
      preconditionFailure("every evaluation of the plan has its variant")
    }
    let random = RandomKey(seed: variant.plan.seed).split("evaluate")
    let classifier = variant.classifier
    precondition(
      classifier.architecture.isDifferentiable || !evaluation.keepsGradients
        || variant.plan.parent == nil,
      "a compression says that it keeps gradients, and does not")
    let network = classifier.attackedNetwork
    let attacks = try resolved.attacks.of(evaluation).map { attack in
      guard case .prepared(let prepared) = attack.attack else { return attack }
      let surrogate: (any Network)? =
        switch prepared.surrogate {
        case .parent: parent(of: variant)?.classifier.attackedNetwork
        case .sibling: siblings[variant.plan.id]
        case .learned, .member, .front:
          prepared.surrogate.flatMap { surrogates[evaluation.attacker]?[$0] }
        case nil: nil
        }
      let ready = try prepared.prepared(
        with: AttackMaterials(
          model: network, surrogate: surrogate, examples: resolved.train ?? resolved.test,
          encoding: resolved.texts?.encoding),
        within: evaluation.threat, random: random.split("prepare/\(attack.specification)"))
      var made = attack
      made.attack = ready
      return made
    }
    var judge = BlockJudge(
      network: network, examples: resolved.test, threat: evaluation.threat,
      mode: resolved.plan.mode, attacks: attacks,
      keepsAll: options.savesAdversarials, random: random, clock: clock,
      ownGradients: classifier.network, order: order, texts: resolved.texts)
    judge.asked = processes[evaluation.attacker]?.network
    return judge
  }

  /// The dense model that a variant comes from; nil for a dense one.
  private func parent(of variant: VariantMaker.Variant) -> VariantMaker.Variant? {
    variants.first { $0.plan.id == variant.plan.parent }
  }
}
