// SPDX-License-Identifier: GPL-3.0-or-later

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

  /// The number of blocks that some examples make.
  static func blocks(of examples: Int) -> Int { (examples + blockSize - 1) / blockSize }

  let network: any Network
  let examples: Examples
  let threat: ThreatModel
  let attacks: [ResolvedExperiment.ResolvedAttack]
  let random: RandomKey
  let clock: @Sendable () -> Double

  /// What one attack did to the examples of a block.
  struct AttackResult: Codable, Sendable {
    let outcomes: [Outcome]
    let seconds: Double
  }

  /// Judges the examples of a block, one result for each attack of the suite.
  func judge(block: Int) throws -> [AttackResult] {
    let start = block * Self.blockSize
    let batch = examples.batch(Array(start..<min(start + Self.blockSize, examples.count)))
    let labels = batch.labels.elements(of: Int.self)
    let clean = try predictions(batch.inputs)
    var standing = labels.indices.filter { clean[$0] == labels[$0] }
    var results: [AttackResult] = []
    for attack in attacks {
      let began = clock()
      let found = try judge(attack, batch.rows(standing))
      var outcomes = labels.indices.map {
        Outcome(unattacked: batch.indices[$0], label: labels[$0], cleanPrediction: clean[$0])
      }
      for (position, row) in standing.enumerated() {
        outcomes[row] = found.outcome(
          position, example: batch.indices[row], label: labels[row], clean: clean[row])
      }
      standing = standing.filter { !outcomes[$0].broken }
      results.append(AttackResult(outcomes: outcomes, seconds: clock() - began))
    }
    return results
  }

  /// What is known of the attacked examples after one attack.
  private struct Found {
    var predictions: [Int] = []
    var distances: [Double] = []
    var queries: [Int] = []
    var gradients: [Int] = []
    var budgetSpent = false

    func outcome(_ position: Int, example: Int, label: Int, clean: Int) -> Outcome {
      Outcome(
        example: example, label: label, cleanPrediction: clean,
        adversarialPrediction: predictions[position], distance: distances[position],
        queries: queries[position], gradients: gradients[position],
        failures: budgetSpent ? .budgetSpent : [])
    }
  }

  private func judge(_ attack: ResolvedExperiment.ResolvedAttack, _ batch: Batch) throws -> Found {
    guard batch.count > 0 else { return Found() }
    let victim = ModelVictim(
      network, classes: examples.classes, inputRange: examples.inputRange, rows: batch.count,
      budget: threat.queryBudget)
    var found = Found()
    let returned = try run(attack, batch, victim)
    found.budgetSpent = victim.isBudgetSpent
    found.distances = try distances(
      of: returned, from: batch.inputs, attack.specification.description)
    found.predictions = try predictions(returned)
    found.queries = victim.queries
    found.gradients = victim.gradients
    return found
  }

  private func run(
    _ attack: ResolvedExperiment.ResolvedAttack, _ batch: Batch, _ victim: ModelVictim
  ) throws -> Tensor {
    let key = random.split("attack/\(attack.specification)")
    return try attack.attack.perturb(batch, within: threat, against: victim, random: key)
  }

  private func predictions(_ inputs: Tensor) throws -> [Int] {
    try network.tiledLogits(inputs).indexOfLargest(along: 1).elements(of: Int.self)
  }

  /// Distances in the threat's norm, in double precision.
  ///
  /// - Throws: ``ExperimentError`` with code `outsideBall` where an input lies outside its ball or the
  ///   input range, or is not finite; nothing is clipped in silence.
  private func distances(
    of inputs: Tensor, from originals: Tensor, _ attack: String
  ) throws -> [Double] {
    let change = (inputs.cast(to: .float64) - originals.cast(to: .float64)).flattenedExamples
    let order: Double =
      switch threat.norm {
      case .linf: .infinity
      case .l2: 2
      case .l1: 1
      case .l0: 0
      }
    let distances = change.norm(order, along: [1]).elements(of: Double.self)
    let limit = threat.epsilon.value * (1 + 1e-6)
    let flat = inputs.flattenedExamples
    let low = flat.smallest(along: [1]).elements(of: Float.self)
    let high = flat.largest(along: [1]).elements(of: Float.self)
    let range = examples.inputRange
    for (row, distance) in distances.enumerated()
    where
      !(distance <= limit && Double(low[row]) >= range.lowerBound
      && Double(high[row]) <= range.upperBound)
    {
      throw ExperimentError(
        .outsideBall, subject: "attack '\(attack)'",
        detail: "it returned an input at distance \(distance) with values from \(low[row]) to"
          + " \(high[row]), allowed are \(threat.norm.rawValue) <= \(threat.epsilon.text) and"
          + " values from \(range.lowerBound) to \(range.upperBound)",
        remedy: "this is a bug of the attack; please report it")
    }
    return distances
  }
}
