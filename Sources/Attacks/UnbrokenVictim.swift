// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// Answers true losses and gradients, but logits that are right, so that an attack never rests.
struct UnbrokenVictim: GradientVictim {
  private let victim: ModelVictim
  private let labels: Tensor

  init(_ victim: ModelVictim, labels: Tensor) {
    self.victim = victim
    self.labels = labels
  }

  var classes: Int { victim.classes }
  var inputRange: ClosedRange<Double> { victim.inputRange }

  func predictions(of inputs: Tensor, rows: [Int]) throws -> Tensor { labels.rows(rows) }

  func logits(of inputs: Tensor, rows: [Int]) throws -> Tensor { right(labels.rows(rows)) }

  func gradient(
    of loss: Loss, at inputs: Tensor, labels: Tensor, targets: Tensor?, rows: [Int]
  ) throws -> LossGradient {
    let answer = try victim.gradient(
      of: loss, at: inputs, labels: labels, targets: targets, rows: rows)
    return LossGradient(logits: right(labels), losses: answer.losses, gradient: answer.gradient)
  }

  private func right(_ labels: Tensor) -> Tensor {
    Tensor(repeating: 0, shape: [labels.size(0), classes])
      .scattering(1, at: labels.reshaped([-1, 1]), along: 1)
  }
}
