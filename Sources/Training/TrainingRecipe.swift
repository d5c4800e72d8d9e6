// SPDX-License-Identifier: GPL-3.0-or-later

/// How parameters move, whatever the loss.
public struct TrainingRecipe: Sendable, Hashable {
  /// The rules that turn a gradient into a step.
  public enum Optimizer: String, Sendable, CaseIterable {
    /// Stochastic gradient descent with Nesterov momentum 0.9.
    case sgd
    /// Adam with the paper's constants.
    case adam
  }

  /// How the learning rate changes along the way.
  public enum Schedule: String, Sendable, CaseIterable {
    /// Half a cosine from the full rate to zero.
    case cosine
    /// Up in a straight line for the first three tenths, then half a cosine to zero.
    case oneCycle = "one-cycle"
    /// Always the full rate.
    case constant
  }

  /// Passes over the training data; a fraction of one is allowed.
  public var epochs: Double
  /// Examples of a step.
  public var batchSize: Int
  /// The rule.
  public var optimizer: Optimizer
  /// The shape of the learning rate.
  public var schedule: Schedule
  /// The highest learning rate.
  public var learningRate: Double
  /// The share of each weight that a step of rate one takes away (added to the gradient).
  public var weightDecay: Double
  /// The decay of the averaged weights, which are then the result; zero keeps the last weights.
  public var averaging: Double

  /// Creates a recipe.
  public init(
    epochs: Double, batchSize: Int = 128, optimizer: Optimizer = .sgd,
    schedule: Schedule = .oneCycle, learningRate: Double = 0.1, weightDecay: Double = 5e-4,
    averaging: Double = 0
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.optimizer = optimizer
    self.schedule = schedule
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.averaging = averaging
  }
}
