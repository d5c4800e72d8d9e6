// SPDX-License-Identifier: GPL-3.0-or-later

import Language
import Records
import RobustCore
import Statistics
import Torch

/// Runs a suite of attacks on one block of examples and judges what they return.
///
/// It believes no attack: distance, range and prediction are computed here, from the returned inputs.
struct BlockJudge: Sendable {
  /// Examples of a block: enough to fill the tiles of a batch while examples drop out.
  static let blockSize = 128
  /// Adversarial inputs that are kept of an evaluation's first block, to be looked at.
  static let shown = 8

  /// The number of blocks that some examples make.
  static func blocks(of examples: Int) -> Int { (examples + blockSize - 1) / blockSize }

  let network: any Network
  let examples: Examples
  let threat: ThreatModel
  let mode: JudgingMode
  /// Prepared ones already are what examples are met with.
  var attacks: [ResolvedExperiment.ResolvedAttack]
  /// Whether every adversarial input is kept, or a few of the first block.
  let keepsAll: Bool
  let random: RandomKey
  let clock: @Sendable () -> Double
  /// The same model with its own gradients, where those of `network` are straight-through ones.
  var ownGradients: (any Network)?
  /// The same model as attackers ask it, where that is another process; nil for `network`.
  var asked: (any Network)?
  /// The order in which blocks take the examples, or nil for that of their indices.
  var order: [Int]?
  /// How texts are read, and what may be written in them; nil for images.
  var texts: TextSetting?

  /// The examples of a block, rising.
  private func indices(of block: Int) -> [Int] {
    let start = block * Self.blockSize
    let places = start..<min(start + Self.blockSize, examples.count)
    return order.map { $0[places].sorted() } ?? Array(places)
  }

  /// Judges the examples of a block.
  func judge(block: Int) throws -> BlockResult {
    let batch = examples.batch(indices(of: block))
    let labels = batch.labels.elements(of: Int.self)
    let clean = try network.judgements(of: batch.inputs)
    let right = labels.indices.filter { clean[$0].prediction == labels[$0] }
    var standing = right
    var results: [BlockResult.AttackResult] = []
    var nearest = NearestInputs()
    for attack in attacks {
      let began = clock()
      let attacked = mode == .worstCase ? standing : right
      let found = try judge(
        attack, batch.rows(attacked), team: block == 0 ? Judgement.team : nil)
      var outcomes = labels.indices.map { row in
        Outcome(
          unattacked: batch.indices[row], label: labels[row],
          cleanPrediction: clean[row].prediction, failures: clean[row].failures)
      }
      for (position, row) in attacked.enumerated() {
        outcomes[row] = found.outcome(
          position, example: batch.indices[row], label: labels[row],
          clean: clean[row].prediction)
        if outcomes[row].misled {
          nearest.offer(found.input(position), of: outcomes[row])
        }
      }
      standing = standing.filter { !outcomes[$0].broken }
      results.append(BlockResult.AttackResult(outcomes: outcomes, seconds: clock() - began))
    }
    let limit = keepsAll ? Int.max : block == 0 ? Self.shown : 0
    let kept = nearest.first(limit)
    var result = BlockResult(attacks: results, kept: KeptInputs(kept), keepsAll: keepsAll)
    if block == 0 {
      result.originals = originals(of: kept.prefix(Self.shown).map(\.example), in: batch)
    }
    return result
  }

  private func originals(of shown: [Int], in batch: Batch) -> KeptInputs {
    KeptInputs(
      shown.compactMap { example in
        batch.indices.firstIndex(of: example).map { row in
          (
            example,
            batch.texts.map { .text($0[row]) } ?? .values(batch.inputs.slice(row..<row + 1))
          )
        }
      })
  }

  /// What is known of the attacked examples after one attack.
  struct Found {
    var inputs: Tensor
    /// The texts that the inputs are the ids of; nil for images.
    var texts: [Text]?
    var judgements: [Judgement] = []
    var distances: [Double] = []
    var queries: [Int] = []
    var gradients: [Int] = []
    var failures: Failures = []
    var limit = Double.infinity
    /// Positions that the attack did not even try.
    var leftOut: Set<Int> = []

    /// One input as a block keeps it.
    func input(_ position: Int) -> KeptInputs.Input {
      texts.map { .text($0[position]) } ?? .values(inputs.slice(position..<position + 1))
    }

    func outcome(_ position: Int, example: Int, label: Int, clean: Int) -> Outcome {
      Outcome(
        example: example, label: label, cleanPrediction: clean,
        adversarialPrediction: judgements[position].prediction, distance: distances[position],
        queries: queries[position], gradients: gradients[position],
        failures: failures.union(judgements[position].failures)
          .union(leftOut.contains(position) ? .spaceTooLarge : [])
      ).within(limit)
    }
  }

  private func judge(
    _ attack: ResolvedExperiment.ResolvedAttack, _ batch: Batch, team: Int?
  ) throws -> Found {
    guard batch.count > 0 else { return Found(inputs: batch.inputs) }
    if let texts { return try judge(attack, texts: batch, texts, team: team) }
    let victim = ModelVictim(
      asked ?? (attack.usesOwnGradient ? ownGradients ?? network : network),
      classes: examples.classes,
      inputRange: examples.inputRange, rows: batch.count,
      budget: threat.queryBudget)
    let key = random.split("attack/\(attack.specification)")
    let returned =
      mode == .nearest
      ? try attack.attack.nearest(batch, in: threat.norm, against: victim, random: key)
      : try attack.attack.perturb(batch, within: threat, against: victim, random: key)
    var found = Found(inputs: returned)
    let check = ReturnedInputs(
      returned, originals: batch.inputs, inputRange: examples.inputRange, norm: threat.norm)
    found.distances = try check.distances(
      within: mode == .worstCase ? threat.epsilon : nil, attack.specification.description)
    found.judgements = try network.confirmedJudgements(
      of: returned, labels: batch.labels.elements(of: Int.self), byTeamOf: team)
    found.queries = victim.queries
    found.gradients = victim.gradients
    if victim.isBudgetSpent { found.failures = .budgetSpent }
    if mode == .nearest { found.limit = threat.epsilon.value * (1 + ReturnedInputs.tolerance) }
    return found
  }
}

/// The nearest adversarial input of every example that any attack found one for.
private struct NearestInputs {
  private var found: [Int: (distance: Double, input: KeptInputs.Input)] = [:]

  mutating func offer(_ input: KeptInputs.Input, of outcome: Outcome) {
    let distance = outcome.distance ?? .infinity
    if let known = found[outcome.example], known.distance <= distance { return }
    found[outcome.example] = (distance, input)
  }

  func first(_ limit: Int) -> [(example: Int, input: KeptInputs.Input)] {
    found.sorted { $0.key < $1.key }.prefix(limit).map { (example: $0.key, input: $0.value.input) }
  }
}
