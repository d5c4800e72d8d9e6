// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// The Kullback-Leibler divergence of each row's softmax from a reference given by its logarithm.
func divergence(from reference: Tensor, to logits: Tensor) -> Tensor {
  (reference.exponential * (reference - logits.logSoftmax())).sum(along: [1])
}

/// A victim whose gradient raises the divergence from a reference answer to each example.
struct DivergenceVictim: GradientVictim {
  let victim: ModelVictim
  let network: any Network
  /// Logarithms of probabilities `[N, K]`.
  let reference: Tensor
  /// What logits are divided by.
  let temperature: Double

  var classes: Int { victim.classes }
  var inputRange: ClosedRange<Double> { victim.inputRange }

  func predictions(of inputs: Tensor, rows: [Int]) throws -> Tensor {
    try victim.predictions(of: inputs, rows: rows)
  }

  func logits(of inputs: Tensor, rows: [Int]) throws -> Tensor {
    try victim.logits(of: inputs, rows: rows)
  }

  func gradient(
    of loss: Loss, at inputs: Tensor, labels: Tensor, targets: Tensor?, rows: [Int]
  ) throws -> LossGradient {
    let expected = reference.rows(rows)
    return try network.tiledGradient(at: inputs) { logits, range in
      divergence(from: expected.slice(range), to: logits / temperature)
    }
  }
}

extension TileModel {
  /// The network with fixed parameters, which an attacking objective is offered.
  var fixed: any Network {
    guard let evaluation else {
      preconditionFailure("an attacking objective is offered the evaluation network")
    }
    return evaluation
  }

  /// Access for an attack on the cross-entropy.
  func victim(rows: Int) -> ModelVictim {
    ModelVictim(fixed, classes: classes, inputRange: inputRange, rows: rows)
  }

  /// Access for an attack on the divergence from a reference.
  func victim(
    rows: Int, divergingFrom reference: Tensor, temperature: Double = 1
  ) -> DivergenceVictim {
    DivergenceVictim(
      victim: victim(rows: rows), network: fixed, reference: reference, temperature: temperature)
  }
}
