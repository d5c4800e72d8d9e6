// SPDX-License-Identifier: GPL-3.0-or-later

public import RobustCore
public import Statistics
public import Torch

/// Adversarial training on vectors of words: the mean loss along a climb that starts at random.
///
/// Every step of the climb lends its gradient to the parameters too, so that `steps` passes make a step
/// of training.
///
/// > Source: Zhu et al. "FreeLB: Enhanced Adversarial Training for Natural Language Understanding."
/// > ICLR 2020, [arXiv:1909.11764](https://arxiv.org/abs/1909.11764), algorithm 1.
public struct FreeLargeBatchObjective: Objective {
  /// Steps of the climb.
  public let steps: Int
  /// The length of one step.
  public let stepSize: Double
  /// The longest change of all vectors of one text together, in the Euclidean norm.
  public let radius: Double

  /// The loss attacks the model in training itself.
  public var needsEvaluationNetwork: Bool { false }

  /// Creates the objective.
  public init(steps: Int, stepSize: Double, radius: Double) {
    self.steps = steps
    self.stepSize = stepSize
    self.radius = radius
  }

  /// The mean over the steps of the sum of cross-entropies.
  public func loss(_ tile: Batch, model: TileModel, random: RandomKey) throws -> Tensor {
    guard let whole = model.embeddedShape else {
      preconditionFailure("images have no vectors of words")
    }
    let ids = tile.inputs.withoutPadding
    // A model of pairs has a vector for each of them behind those of the words.
    let hasPairs = whole[0] > tile.inputs.size(1)
    let length = hasPairs ? 2 * ids.size(1) - 1 : ids.size(1)
    var shift = start(tile, [length, whole[1]], random)
    var losses: [Tensor] = []
    for step in 0..<steps {
      let leaf = shift.leaf
      let loss = try model.shiftedLogits(ids, leaf).crossEntropies(labels: tile.labels).sum
      losses.append(loss)
      guard step + 1 < steps else { break }
      // Differentiable, because the loss is differentiated again with respect to the parameters.
      let slopes = loss.gradients(withRespectTo: [leaf], differentiable: true)[0]
      guard let slope = slopes?.detached else { break }
      shift = (shift + slope / slope.lengths * stepSize).within(radius)
    }
    return losses.dropFirst().reduce(losses[0], +) / Double(losses.count)
  }

  /// Uniform numbers in `±1/√n`, scaled to the radius, from each example's own stream.
  private func start(_ tile: Batch, _ shape: [Int], _ random: RandomKey) -> Tensor {
    let count = shape.reduce(1, *)
    let bound = Float(radius / Double(count).squareRoot())
    return Tensor(shape: [tile.count] + shape) { (values: UnsafeMutableBufferPointer<Float>) in
      for (row, index) in tile.indices.enumerated() {
        random.split("vectors").split(index).stream().fillUniform(
          .init(rebasing: values[row * count..<(row + 1) * count]), low: -bound, high: bound)
      }
    }
  }
}

extension Tensor {
  /// The Euclidean length of each example, never zero: `[N, 1, 1]`.
  fileprivate var lengths: Tensor {
    norm(2, along: [1, 2], keeping: true).clamped(atLeast: 1e-12)
  }

  /// Each example shortened to at most a length.
  fileprivate func within(_ radius: Double) -> Tensor {
    self * (Tensor(repeating: radius, shape: [1]) / lengths).clamped(atMost: 1)
  }
}
