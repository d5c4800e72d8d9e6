// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Torch

/// A victim that remembers what an attack was told: how the margin moved, and every success.
final class WatchingVictim: GradientVictim {
  private let victim: ModelVictim
  private let batch: Batch
  private let labels: [Int]
  private let threat: ThreatModel
  /// The margin at every gradient, by row of the batch.
  private(set) var margins: [[Double]]
  /// An adversarial input inside the ball that the attack has seen, by row.
  private(set) var seen: [Int: Tensor] = [:]

  init(_ victim: ModelVictim, batch: Batch, threat: ThreatModel) {
    self.victim = victim
    self.batch = batch
    self.threat = threat
    labels = batch.labels.elements(of: Int.self)
    margins = Array(repeating: [], count: batch.count)
  }

  var classes: Int { victim.classes }
  var inputRange: ClosedRange<Double> { victim.inputRange }

  func predictions(of inputs: Tensor, rows: [Int]) throws -> Tensor {
    try logits(of: inputs, rows: rows).indexOfLargest(along: 1)
  }

  func logits(of inputs: Tensor, rows: [Int]) throws -> Tensor {
    let answer = try victim.logits(of: inputs, rows: rows)
    watch(inputs, answer, rows)
    return answer
  }

  func gradient(
    of loss: Loss, at inputs: Tensor, labels: Tensor, targets: Tensor?, rows: [Int]
  ) throws -> LossGradient {
    let answer = try victim.gradient(
      of: loss, at: inputs, labels: labels, targets: targets, rows: rows)
    watch(inputs, answer.logits, rows)
    let own = batch.labels.rows(rows)
    let values = Loss.margin.values(logits: answer.logits, labels: own).elements(of: Float.self)
    for (row, value) in zip(rows, values) { margins[row].append(Double(value)) }
    return answer
  }

  /// Keeps the first success of each example that lies inside its ball and the input range.
  private func watch(_ inputs: Tensor, _ logits: Tensor, _ rows: [Int]) {
    let predictions = logits.indexOfLargest(along: 1).elements(of: Int.self)
    let wrong = rows.indices.filter {
      predictions[$0] != labels[rows[$0]] && seen[rows[$0]] == nil
    }
    guard !wrong.isEmpty else { return }
    let places = wrong.map { rows[$0] }
    let candidates = inputs.rows(wrong).detached
    let check = ReturnedInputs(
      candidates, originals: batch.inputs.rows(places), inputRange: inputRange, norm: threat.norm)
    for (position, row) in places.enumerated()
    where check.fault(position, within: threat.epsilon) == nil {
      seen[row] = candidates.slice(position..<position + 1).copy
    }
  }
}
