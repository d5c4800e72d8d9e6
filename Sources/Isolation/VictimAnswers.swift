// SPDX-License-Identifier: GPL-3.0-or-later

public import RobustCore
public import Torch

/// What a victim answered to one who learns from it.
public struct VictimAnswers: Sendable {
  /// The inputs with the classes that were answered.
  public let examples: Examples
  /// Logits `[N, K]`; nil where the victim answers the class alone.
  public let logits: Tensor?

  /// Asks a victim, one query for each input.
  ///
  /// - Parameters:
  ///   - victim: The model.
  ///   - inputs: What is asked about.
  ///   - classes: The number of logits.
  ///   - inputRange: The range of valid input values.
  ///   - answersScores: Whether logits are seen, or the class alone.
  /// - Throws: What the victim throws.
  public init(
    of victim: any Network, to inputs: QueryInputs, classes: Int, inputRange: ClosedRange<Double>,
    answersScores: Bool
  ) throws {
    let logits = try victim.tiledLogits(inputs.values)
    examples = Examples(
      inputs: inputs.values, labels: logits.indexOfLargest(along: 1), classes: classes,
      inputRange: inputRange, texts: inputs.texts)
    self.logits = answersScores ? logits : nil
  }

  private init(examples: Examples, logits: Tensor?) {
    self.examples = examples
    self.logits = logits
  }

  /// Both together.
  func joined(_ other: VictimAnswers) -> VictimAnswers {
    let (left, right) = (examples, other.examples)
    var all: Tensor?
    if let logits, let others = other.logits { all = .concatenated([logits, others]) }
    return VictimAnswers(
      examples: Examples(
        inputs: .concatenated([left.inputs, right.inputs]),
        labels: .concatenated([left.labels, right.labels]), classes: left.classes,
        inputRange: left.inputRange,
        texts: left.texts.flatMap { texts in right.texts.map { texts + $0 } }),
      logits: all)
  }
}

/// Trains a stand-in on what a victim answered.
public protocol SurrogateTraining: Sendable {
  /// Trains from given parameters.
  ///
  /// - Parameters:
  ///   - architecture: What it calls parameters is what is trained.
  ///   - start: Where to start.
  ///   - answers: What the victim answered.
  ///   - epochs: Passes over the answers.
  /// - Returns: The parameters at the end.
  /// - Throws: An error where training fails, or the task is cancelled.
  func trained(
    _ architecture: any Architecture, from start: ParameterSet, on answers: VictimAnswers,
    epochs: Double
  ) async throws -> ParameterSet
}
