// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Torch

/// Row 2: a model that answers probabilities gives the attacks a loss of a loss.
struct ProbabilitiesNotLogits: SampleCheck {
  let row = SoundnessRow.probabilities
  let isForTexts = true

  /// By how much a row may miss the sum of one.
  private static let tolerance = 1e-5

  func measure(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> SoundnessFinding {
    let count = budget.examples(probe.sample.count, costing: 0.5, share: 0.01)
    guard count > 0 else { return .leftOut(row, threshold: 0, because: "no example was right") }
    let logits = try probe.network.tiledLogits(probe.sample.prefix(count).batch.inputs)
    let sums = logits.cast(to: .float64).sum(along: [1]).elements(of: Double.self)
    let low = logits.smallest(along: [1]).elements(of: Float.self)
    let high = logits.largest(along: [1]).elements(of: Float.self)
    let found = sums.indices.count {
      abs(sums[$0] - 1) <= Self.tolerance && low[$0] >= 0 && high[$0] <= 1
    }
    let share = Double(found) / Double(count)
    // By chance one answer may look so, but not all of them.
    let isFlagged = found == count
    return SoundnessFinding(
      row, value: share, threshold: 0, sample: count, severity: isFlagged ? .blocking : nil,
      message: isFlagged
        ? "the answers to all \(count) inputs lie in 0...1 and sum to one;"
          + " give the model without its softmax"
        : "the answers to \(count) inputs are no probabilities")
  }
}
