// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import Torch

/// A part of a training that a compression asks for.
public struct TuningSchedule: Sendable {
  /// The highest learning rate.
  public enum Rate: Sendable, Hashable {
    /// A part of the dense model's: what is there already is to be kept.
    case fineTuning
    /// The dense model's own: the weights are new.
    case full
  }

  /// What is lowered.
  public enum Loss: Sendable {
    /// The variant's own: the adversarial one where it is hardened.
    case own
    /// The distance from what a teacher answers.
    case distillation(DistillationLoss, teacher: any Network)
  }

  /// The length of the whole training in passes over the training data; nil for that of the dense
  /// model.
  public var epochs: Double?
  /// The part of it to run; the learning rate follows the whole.
  public var span: ClosedRange<Double>
  /// The highest learning rate.
  public var rate: Rate
  /// What is lowered.
  public var loss: Loss

  /// Creates a schedule.
  public init(
    epochs: Double?, span: ClosedRange<Double> = 0...1, rate: Rate = .fineTuning,
    loss: Loss = .own
  ) {
    self.epochs = epochs
    self.span = span
    self.rate = rate
    self.loss = loss
  }
}

/// What a compression may ask of training: data, gradients of the variant's own loss, more training.
///
/// A hardened variant's own loss is the adversarial one.
public protocol Tuning: Sendable {
  /// The gradients of the mean loss over each of the first batches of an epoch.
  ///
  /// - Parameters:
  ///   - classifier: The model; nothing of it changes.
  ///   - batches: How many batches.
  /// - Returns: For each batch, a gradient for each parameter by name.
  /// - Throws: An error where training fails, or the task is cancelled.
  func batchGradients(
    of classifier: Classifier, batches: Int
  ) async throws -> [[String: Tensor]]

  /// Trains on by a part of a schedule, masks held.
  ///
  /// - Parameters:
  ///   - classifier: Where to start; what its architecture calls parameters is what is trained.
  ///   - schedule: How long, and which part of it.
  /// - Returns: The parameters at the end of that part.
  /// - Throws: An error where training fails, or the task is cancelled.
  func tuned(_ classifier: Classifier, _ schedule: TuningSchedule) async throws -> ParameterSet

  /// Training inputs `[N, C, H, W]` to measure activations on.
  ///
  /// - Parameter count: How many, in an order that follows from the seed.
  /// - Returns: As many, or all where there are fewer.
  /// - Throws: An `InputError` where there is no training part.
  func calibrationInputs(_ count: Int) throws -> Tensor

  /// Fresh parameters of an architecture, drawn from the variant's seed.
  func initial(_ architecture: any Architecture) -> ParameterSet

  /// The same tuning without some of the training data, to choose among models by.
  ///
  /// - Parameter count: How many examples to hold out; at most half of them are.
  /// - Returns: The rest to train on, and those held out.
  /// - Throws: An `InputError` where there is no training part.
  func holdingOut(_ count: Int) throws -> (tuning: any Tuning, examples: Examples)

  /// The same tuning on one of several disjoint parts of the training data.
  ///
  /// An example's part follows from its contents alone, so that what one example is changes one part.
  ///
  /// > Source: Levine and Feizi. "Deep Partition Aggregation." ICLR 2021,
  /// > [arXiv:2006.14768](https://arxiv.org/abs/2006.14768), section 3.
  ///
  /// - Throws: An `InputError` where there is no training part, or a part without examples.
  func part(_ index: Int, of count: Int) throws -> any Tuning

  /// Keeps what a search tried, for the report.
  func noted(_ trial: TrialRecord) async

  /// Clean and robust accuracy on some examples, under the radius that models are hardened against.
  ///
  /// - Parameters:
  ///   - classifier: The model.
  ///   - examples: Most often those of ``holdingOut(_:)``.
  ///   - steps: Steps of projected gradient descent.
  /// - Returns: Shares of all examples.
  /// - Throws: What a script model throws.
  func accuracy(
    of classifier: Classifier, on examples: Examples, steps: Int
  ) async throws -> (clean: Double, robust: Double)
}
