// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import Torch

/// A model of texts of which the attacker sees the predicted class only.
///
/// Like every victim it counts queries itself, by the rows of the batch under attack. A text that the
/// model has already answered for a row is answered again without a query, and so is one that the model
/// cannot tell from it, because it reads the same ids.
public protocol TextLabelVictim {
  /// The number of classes.
  var classes: Int { get }
  /// What may stand for a word.
  var rules: TextRules { get }
  /// The queries that an example has left; nil where nothing bounds them.
  func remainingQueries(of row: Int) -> Int?
  /// Predicted classes of many texts at once; one query for each that is new.
  ///
  /// - Parameters:
  ///   - texts: Any number, also none.
  ///   - rows: The examples that the texts belong to.
  /// - Returns: `[M]` for M texts.
  /// - Throws: ``AttackError`` with code `budgetSpent`, before anything is answered.
  func predictions(of texts: [Text], rows: [Int]) throws -> Tensor
}

/// A model of texts that answers its logits.
public protocol TextVictim: TextLabelVictim {
  /// Logits of many texts at once; one query for each that is new.
  ///
  /// - Parameters:
  ///   - texts: Any number, also none.
  ///   - rows: The examples that the texts belong to.
  /// - Returns: `[M, K]` for M texts.
  /// - Throws: ``AttackError`` with code `budgetSpent`, before anything is answered.
  func logits(of texts: [Text], rows: [Int]) throws -> Tensor
}

/// A model of texts whose gradients the attacker can take.
public protocol TextGradientVictim: TextVictim {
  /// The vectors of words `[V, D]`, in the order of their ids.
  var wordVectors: Tensor { get }
  /// The id of a word.
  func id(of word: String) -> Int
  /// Logits, losses and the gradient of each word's vector; one query and one gradient for each text.
  ///
  /// - Parameters:
  ///   - loss: What to differentiate, example by example.
  ///   - texts: M texts.
  ///   - labels: `[M]`.
  ///   - rows: The examples that the texts belong to.
  /// - Returns: The gradient has the shape `[M, L, D]`.
  /// - Throws: ``AttackError`` with code `budgetSpent`, before anything is answered.
  func gradient(
    of loss: Loss, at texts: [Text], labels: Tensor, rows: [Int]
  ) throws -> LossGradient
}
