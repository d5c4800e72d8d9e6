// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// A model with a last layer of its own for every example: class 1 is what was planted.
struct PlantedVictim: GradientVictim {
  let features: any Network
  /// Classes beyond the two are never predicted; losses that rank more of them find them there.
  let classes: Int
  let inputRange: ClosedRange<Double>
  private let weights: Tensor
  private let biases: Tensor

  init(
    _ readOuts: [PlantedReadOut], features: any Network, classes: Int,
    inputRange: ClosedRange<Double>
  ) {
    self.features = features
    self.classes = classes
    self.inputRange = inputRange
    weights = .concatenated(readOuts.map(\.weight))
    biases = Tensor(readOuts.map { Float($0.bias) })
  }

  func predictions(of inputs: Tensor, rows: [Int]) throws -> Tensor {
    try logits(of: inputs, rows: rows).indexOfLargest(along: 1)
  }

  func logits(of inputs: Tensor, rows: [Int]) throws -> Tensor {
    readOut(try features.tiledLogits(inputs), rows)
  }

  func gradient(
    of loss: Loss, at inputs: Tensor, labels: Tensor, targets: Tensor?, rows: [Int]
  ) throws -> LossGradient {
    let answer = try features.tiledGradient(at: inputs) { features, range in
      loss.values(
        logits: readOut(features, Array(rows[range])), labels: labels.slice(range),
        targets: targets?.slice(range))
    }
    return LossGradient(
      logits: readOut(answer.logits, rows), losses: answer.losses, gradient: answer.gradient)
  }

  private func readOut(_ features: Tensor, _ rows: [Int]) -> Tensor {
    let products = features.flattenedExamples * weights.rows(rows)
    let score = (products.sum(along: [1]) + biases.rows(rows)).reshaped([-1, 1])
    let others = (-score.absolute - 1) + Tensor(repeating: 0, shape: [1, max(0, classes - 2)])
    return .concatenated(classes > 2 ? [-score, score, others] : [-score, score], along: 1)
  }
}
