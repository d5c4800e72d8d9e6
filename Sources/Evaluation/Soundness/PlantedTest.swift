// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import RobustCore
import Statistics
import Torch

/// Asks attacks to find adversarial inputs that exist by construction.
struct PlantedTest: Sendable {
  let features: any Network
  let classes: Int
  let inputRange: ClosedRange<Double>
  let threat: ThreatModel
  /// Points inside the ball for each example.
  let inner: Int
  let random: RandomKey

  /// Draws of noise for each example, to tell an attack from luck.
  static let randomAttempts = 20

  /// What was found.
  struct Result: Sendable {
    /// Examples around which a point could be planted.
    var planted = 0
    /// Those on which an attack found an adversarial input.
    var found = 0
    /// Those on which noise did.
    var foundAtRandom = 0
  }

  /// Plants a point around each example and sends the attacks after it, one after another.
  func result(of attacks: [AnyAttack], on batch: Batch) throws -> Result {
    var readOuts: [PlantedReadOut] = []
    var rows: [Int] = []
    for row in 0..<batch.count {
      let readOut = try PlantedReadOut.planted(
        around: batch.inputs.slice(row..<row + 1), inner: inner, features: features,
        threat: threat, inputRange: inputRange,
        random: random.split("plant").split(example: batch.indices[row]))
      guard let readOut else { continue }
      readOuts.append(readOut)
      rows.append(row)
    }
    guard !rows.isEmpty else { return Result() }
    var standing = Array(0..<rows.count)
    let inputs = batch.inputs.rows(rows)
    let indices = rows.map { batch.indices[$0] }
    func broken(by attack: AnyAttack, _ purpose: String, _ positions: [Int]) throws -> Set<Int> {
      let victim = PlantedVictim(
        positions.map { readOuts[$0] }, features: features, classes: classes,
        inputRange: inputRange)
      let planted = Batch(
        inputs: inputs.rows(positions), labels: Tensor(Array(repeating: 0, count: positions.count)),
        indices: positions.map { indices[$0] })
      let returned = try attack.perturb(
        planted, within: threat, against: victim, random: random.split(purpose))
      let predictions = try victim.predictions(of: returned, rows: Array(positions.indices))
        .elements(of: Int.self)
      return Set(zip(positions, predictions).filter { $0.1 != 0 }.map(\.0))
    }
    let noise = AnyAttack.label(Noise(.uniform, attempts: Self.randomAttempts))
    let lucky = try broken(by: noise, "noise", standing)
    for (number, attack) in attacks.enumerated() where !standing.isEmpty {
      let found = try broken(by: attack, "attack \(number)", standing)
      standing.removeAll { found.contains($0) }
    }
    return Result(
      planted: rows.count, found: rows.count - standing.count, foundAtRandom: lucky.count)
  }
}
