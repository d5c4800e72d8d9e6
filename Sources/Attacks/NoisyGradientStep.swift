// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// One gradient step from a start drawn around the input, neither of them pulled back into the ball.
///
/// It is made for training, where single steps that end inside the ball are soon overfitted: what it
/// returns may lie `noise + stepSize` radii away from the input.
///
/// > Source: de Jorge et al. "Make Some Noise: Reliable and Efficient Single-Step Adversarial Training."
/// > NeurIPS 2022, [arXiv:2202.01181](https://arxiv.org/abs/2202.01181), section 4 (N-FGSM).
public struct NoisyGradientStep: GradientAttack {
  /// The radius in which the start is drawn, as a share of epsilon.
  public let noise: Double
  /// The length of the step, as a share of epsilon.
  public let stepSize: Double

  /// Creates the attack.
  public init(noise: Double = 2, stepSize: Double = 1) {
    self.noise = noise
    self.stepSize = stepSize
  }

  /// Perturbs every input, whether or not it misleads the model.
  ///
  /// - Complexity: A forward and a backward pass.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    let ball = Ball(threat, around: batch.inputs, inputRange: victim.inputRange, share: noise)
    let start = ball.randomStart(batch.indices, random, restart: 0)
    let answer = try victim.gradient(
      of: .crossEntropy, at: start, labels: batch.labels, rows: Array(0..<batch.count))
    let step = ball.steepestStep(answer.gradient, size: stepSize * threat.epsilon.value)
    return (start + step).clamped(to: victim.inputRange)
  }
}
