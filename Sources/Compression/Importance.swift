// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Statistics
import Torch

/// How much a single weight matters.
public enum Importance: Sendable, Hashable {
  /// What a gradient says of a weight.
  public enum Score: String, Sendable, CaseIterable {
    /// |gradient · weight|: the first-order change of the loss when the weight goes.
    case product
    /// |gradient| alone.
    case gradient
  }

  /// |weight|.
  ///
  /// > Source: Han et al. "Learning both Weights and Connections for Efficient Neural Networks."
  /// > NeurIPS 2015, [arXiv:1506.02626](https://arxiv.org/abs/1506.02626), section 3.
  case magnitude
  /// The sum over training batches of what each gradient says.
  ///
  /// > Source: Blalock et al. "What is the State of Neural Network Pruning?" MLSys 2020,
  /// > [arXiv:2003.03033](https://arxiv.org/abs/2003.03033), section 7.2, gradient magnitude.
  ///
  /// - Note: Summed over several batches, not one, as a single batch ranks small layers by chance.
  case gradient(Score, batches: Int)
  /// The sum over training batches of (gradient · weight)².
  ///
  /// > Source: Molchanov et al. "Importance Estimation for Neural Network Pruning." CVPR 2019,
  /// > [arXiv:1906.10771](https://arxiv.org/abs/1906.10771), equation 8.
  ///
  /// - Note: It differs from ``gradient(_:batches:)`` by the square alone: that sums sizes, so many
  ///   small changes of the loss weigh as much as one large one; this sums squares, so the weights
  ///   stay that matter much to some batch.
  case taylor(batches: Int)
  /// A number drawn for each weight: the baseline that every method must beat.
  case random

  /// Scores of the prunable parameters by name, none negative.
  func scores(
    _ classifier: Classifier, tuning: any Tuning, random: RandomKey
  ) async throws -> [String: Tensor] {
    let weights = classifier.parameters.applied.filter {
      classifier.architecture.prunable.contains($0.key)
    }
    switch self {
    case .magnitude:
      return weights.mapValues(\.absolute)
    case .gradient(let score, let batches):
      let gradients = try await tuning.batchGradients(of: classifier, batches: batches)
      return weights.reduce(into: [:]) { scores, item in
        let sum = item.value * 0
        for gradient in gradients.compactMap({ $0[item.key] }) {
          sum.addInPlace((score == .product ? gradient * item.value : gradient).absolute)
        }
        scores[item.key] = sum
      }
    case .taylor(let batches):
      let gradients = try await tuning.batchGradients(of: classifier, batches: batches)
      return weights.reduce(into: [:]) { scores, item in
        let sum = item.value * 0
        for gradient in gradients.compactMap({ $0[item.key] }) {
          let change = gradient * item.value
          sum.addProductInPlace(change, change, scale: 1)
        }
        scores[item.key] = sum
      }
    case .random:
      return weights.reduce(into: [:]) { scores, item in
        let stream = random.split("score/\(item.key)").stream()
        scores[item.key] = Tensor(shape: item.value.shape) {
          stream.fillUniform($0, low: 0, high: 1)
        }
      }
    }
  }
}
