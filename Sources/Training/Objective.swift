// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// What training lowers: a loss of a few examples.
public protocol Objective: Sendable {
  /// Whether the loss attacks the model, which then is offered with fixed parameters too.
  var needsEvaluationNetwork: Bool { get }

  /// The attack inside; nil where examples are taken as they are.
  var adversary: Adversary? { get }

  /// The sum of the examples' losses, differentiable in the parameters.
  ///
  /// - Parameters:
  ///   - tile: Some examples of a batch.
  ///   - model: The model as it stands.
  ///   - random: For this epoch; split by example.
  /// - Returns: A single number.
  /// - Throws: What the model or the attack inside throws.
  func loss(_ tile: Batch, model: TileModel, random: RandomKey) throws -> Tensor
}

extension Objective {
  /// Nothing is attacked.
  public var adversary: Adversary? { nil }
}

/// An attack and the ball in which it may move.
public struct Adversary: Sendable {
  /// Climbs on after success.
  public let attack: any GradientAttack
  /// The ball.
  public let threat: ThreatModel

  /// Joins both.
  public init(attack: any GradientAttack, threat: ThreatModel) {
    self.attack = attack
    self.threat = threat
  }
}

/// The model under training as one worker sees it.
public struct TileModel {
  /// Logits in training mode, differentiable in the parameters.
  public let logits: (Tensor) throws -> Tensor
  /// The same parameters, fixed and in evaluation mode.
  public let evaluation: (any Network)?
  /// The number of logits.
  public let classes: Int
  /// The range of valid input values.
  public let inputRange: ClosedRange<Double>
  /// Logits for ids of texts, with something added to the vectors of their words.
  var shiftedLogits: (_ ids: Tensor, _ shift: Tensor) throws -> Tensor = { ids, _ in
    preconditionFailure("ids of shape \(ids.shape) have no vectors here")
  }
  /// The shape of one text's vectors; nil where there are none.
  var embeddedShape: [Int]?
}

/// Cross-entropy on the examples as they are, or on texts of which words are hidden by chance.
public struct StandardObjective: Objective {
  /// The share of words that the model is shown as unknown ones.
  ///
  /// > Source: Iyyer et al. "Deep Unordered Composition Rivals Syntactic Methods for Text
  /// > Classification." ACL 2015, section 3.2; there the words are left out.
  public let wordDropout: Double

  /// Nothing is attacked.
  public var needsEvaluationNetwork: Bool { false }

  /// Creates the objective; images have no words to hide.
  public init(wordDropout: Double = 0) { self.wordDropout = wordDropout }

  /// The sum of cross-entropies.
  public func loss(_ tile: Batch, model: TileModel, random: RandomKey) throws -> Tensor {
    let inputs = wordDropout > 0 ? tile.hidingWords(wordDropout, random) : tile.inputs
    return try model.logits(inputs).crossEntropies(labels: tile.labels).sum
  }
}

extension Batch {
  /// Ids with some words, drawn for each example from its own stream, replaced by the unknown word.
  func hidingWords(_ share: Double, _ random: RandomKey) -> Tensor {
    let length = inputs.size(1)
    let chances = Tensor(shape: [count, length]) { (chances: UnsafeMutableBufferPointer<Float>) in
      for (row, index) in indices.enumerated() {
        random.split("word dropout").split(index).stream().fillUniform(
          .init(rebasing: chances[row * length..<(row + 1) * length]), low: 0, high: 1)
      }
    }
    let isHidden = (chances .< share).and(inputs .!= 0)
    return isHidden.select(Tensor(repeating: 1, shape: [], type: .int64), else: inputs)
  }
}
