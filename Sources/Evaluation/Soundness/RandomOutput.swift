// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Torch

/// Row 1: asks the model five times for the same inputs, also for inputs next to its boundary.
///
/// A defence that draws only where it is unsure is sound at clean inputs, so the points between each
/// clean input and an adversarial one are asked for too.
struct RandomOutput: SampleCheck {
  let row = SoundnessRow.randomOutput
  let isForTexts = true

  private static let repeats = 5
  private static let halvings = 12
  private static let threshold = 1e-4

  func measure(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> SoundnessFinding {
    let cost = Double(2 * Self.repeats + Self.halvings) / 2
    let count = budget.examples(probe.sample.count, costing: cost, share: 0.08)
    guard count > 0 else {
      return .leftOut(row, threshold: Self.threshold, because: "no example could be afforded")
    }
    let batch = probe.sample.prefix(count).batch
    var difference = try largestDifference(probe.network, batch.inputs)
    let far = min(count, probe.unbounded.inputs.map { $0.size(0) } ?? 0)
    if let inputs = probe.unbounded.inputs, far > 0 {
      let near = try boundary(
        from: batch.inputs.slice(0..<far), to: inputs.slice(0..<far),
        labels: batch.labels.slice(0..<far), probe)
      difference = max(difference, try largestDifference(probe.network, near))
    }
    let isRandom = difference > Self.threshold
    let averages = probe.attacks.contains { $0.parameters["eot"]?.integer ?? 1 > 1 }
    return SoundnessFinding(
      row, value: difference, threshold: Self.threshold, sample: count,
      severity: isRandom ? (averages ? .warning : .blocking) : nil,
      message: isRandom
        ? "answers to the same \(count) inputs differ by up to \(difference.fixed(6));"
          + " switch dropout off, or average over answers with the suite rand"
        : "five answers to each of \(count) inputs, and to \(far) at the boundary, are the same")
  }

  /// The largest distance between any two of five answers, each scaled to length one.
  private func largestDifference(_ network: any Network, _ inputs: Tensor) throws -> Double {
    let answers = try (0..<Self.repeats).map { _ in
      let logits = try network.tiledLogits(inputs)
      return logits / logits.norm(2, along: [1], keeping: true).clamped(atLeast: 1e-10)
    }
    var largest = 0.0
    for first in answers.indices {
      for second in answers.indices where second > first {
        let distance = (answers[first] - answers[second]).norm(2, along: [1])
        largest = max(largest, distance.largest(along: [0]).scalar)
      }
    }
    return largest.isFinite ? largest : 0
  }

  /// Halves the way between a correctly classified input and a misclassified one.
  private func boundary(
    from start: Tensor, to end: Tensor, labels: Tensor, _ probe: ProbeSetting
  ) throws -> Tensor {
    var (right, wrong) = (start, end)
    for _ in 0..<Self.halvings {
      let middle = (right + wrong) * 0.5
      let isBroken = Tensor(try probe.isBroken(middle, labels: labels))
        .reshaped([-1] + Array(repeating: 1, count: start.rank - 1))
      right = isBroken.select(right, else: middle)
      wrong = isBroken.select(middle, else: wrong)
    }
    return wrong
  }
}
