// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// The state that fixed-budget attacks share: the best input so far of every example, and the
/// examples that are still classified correctly.
///
/// An adversarial input, once seen, is never given up for a later one, and its example costs nothing
/// more.
struct Search {
  private let labels: Tensor
  private var results: Tensor
  /// Rows of the batch that no input has broken yet, ascending.
  private(set) var active: [Int]

  init(_ batch: Batch) {
    labels = batch.labels
    results = batch.inputs.copy
    active = Array(0..<batch.count)
  }

  /// The best inputs found, one for each example of the batch.
  var inputs: Tensor { results }

  /// Labels of the active rows.
  var activeLabels: Tensor { labels.rows(active) }

  /// Keeps the inputs that the model misclassifies and retires their examples.
  ///
  /// - Parameters:
  ///   - inputs: One for each active row.
  ///   - logits: The model's answer to them.
  /// - Returns: Positions among the inputs that stay active, or nil where all do.
  mutating func record(_ inputs: Tensor, logits: Tensor) -> [Int]? {
    record(inputs, predictions: logits.indexOfLargest(along: 1))
  }

  /// The same for a model that answers classes alone.
  mutating func record(_ inputs: Tensor, predictions: Tensor) -> [Int]? {
    let isRight = (predictions .== activeLabels).elements(of: Bool.self)
    guard isRight.contains(false) else { return nil }
    let broken = isRight.indices.filter { !isRight[$0] }
    let kept = isRight.indices.filter { isRight[$0] }
    keep(inputs.rows(broken), at: broken.map { active[$0] })
    active = kept.map { active[$0] }
    return kept
  }

  /// Keeps the last inputs of examples that stayed correct.
  mutating func settle(_ inputs: Tensor) { keep(inputs, at: active) }

  /// Works on no other active rows than those at some positions.
  mutating func retire(allBut positions: [Int]) { active = positions.map { active[$0] } }

  private mutating func keep(_ inputs: Tensor, at rows: [Int]) {
    results = results.replacing(rows, with: inputs)
  }
}

extension Tensor {
  /// A copy in which other inputs stand in some rows.
  func replacing(_ rows: [Int], with inputs: Tensor) -> Tensor {
    guard !rows.isEmpty else { return self }
    let size = count / self.size(0)
    let columns =
      Tensor(rows).reshaped([-1, 1]) + Tensor(repeating: 0, shape: [1, size], type: .int64)
    return
      flattenedExamples
      .scattering(inputs.detached.flattenedExamples, at: columns, along: 0)
      .reshaped(shape)
  }

  /// One value for each example, shaped to meet inputs of some rank.
  func perExample(of inputs: Tensor) -> Tensor {
    reshaped([count] + Array(repeating: 1, count: inputs.rank - 1))
  }
}

/// Runs the steps of an attack until they end or the victim's budget does; what was found by then
/// counts.
func untilBudgetEnds(_ steps: () throws -> Void) throws {
  do {
    try steps()
  } catch let error as AttackError where error.code == .budgetSpent {}
}
