// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import RobustCore
import Statistics
import Torch

/// Row 17: whether a small step changes the answers as the input gradients say.
///
/// A quantised input layer has no gradient, and a gate that opens and closes at run time has one that
/// holds nowhere; compressed models may be either.
struct NotDifferentiable: SampleCheck {
  let row = SoundnessRow.notDifferentiable

  /// The share of examples at which gradients may be wrong: next to a kink of a rectifier they are.
  private static let threshold = 0.25
  /// By how much, as a share of the larger change.
  private static let mismatch = 0.5
  /// The half step as a share of epsilon.
  private static let step = 0.05

  func measure(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> SoundnessFinding {
    guard probe.threat.norm != .l0, probe.threat.epsilon.value > 0 else {
      return .leftOut(row, threshold: Self.threshold, because: "the ball allows no small step")
    }
    let count = budget.examples(probe.sample.count, costing: 4, share: 0.05)
    guard count > 0 else {
      return .leftOut(row, threshold: Self.threshold, because: "no example could be afforded")
    }
    let wrong = SuspectShare(
      count: try mismatches(probe.sample.prefix(count).batch, probe), sample: count)
    let isFlagged = wrong.lowerBound > Self.threshold
    return SoundnessFinding(
      row, value: wrong.value, threshold: Self.threshold, sample: count,
      severity: isFlagged ? severity(probe) : nil,
      message: "a small step changes the answers otherwise than the gradients say at \(wrong.text)"
        + (isFlagged
          ? "; judge by the worst of direct, straight-through, transfer and black-box attacks" : "")
    )
  }

  /// Where every way was gone, the worst of them already is the number of the evaluation.
  private func severity(_ probe: ProbeSetting) -> SoundnessFlag.Severity {
    if WorstOfFour.missing(probe.attacks).isEmpty { return .note }
    return probe.hasBlackBox ? .warning : .blocking
  }

  /// Examples at which the gradient says something else than what two answers show.
  private func mismatches(_ batch: Batch, _ probe: ProbeSetting) throws -> Int {
    let victim = probe.victim(batch.count)
    let rows = Array(0..<batch.count)
    // At a clean input many pixels lie at an end of the range.
    let inputs = try Noise(.uniform).perturb(
      batch, within: probe.threat, against: victim, random: probe.random.split("differences"))
    let answer = try victim.gradient(of: .margin, at: inputs, labels: batch.labels, rows: rows)
    let gradient = answer.gradient
    let isFlat = gradient.flattenedExamples.absolute.largest(along: [1]) .== 0
    let flat = isFlat.reshaped([-1] + Array(repeating: 1, count: inputs.rank - 1))
    let direction = flat.select(signs(batch, probe.random), else: gradient.sign)
    // Where there is no gradient at all, a step as wide as the ball shows whether anything changes.
    let length = Tensor(repeating: stepLength(probe, inputs), shape: [])
    let widest = Tensor(repeating: stepLength(probe, inputs) / Self.step, shape: [])
    let move = direction * flat.select(widest, else: length)
    let ahead = (inputs + move).clamped(to: probe.sample.inputRange)
    let behind = (inputs - move).clamped(to: probe.sample.inputRange)
    func margins(_ inputs: Tensor) throws -> [Double] {
      let logits = try victim.logits(of: inputs, rows: rows)
      return Loss.margin.values(logits: logits, labels: batch.labels).elements(of: Float.self)
        .map(Double.init)
    }
    let (high, low) = (try margins(ahead), try margins(behind))
    let told = (gradient * (ahead - behind)).flattenedExamples.sum(along: [1])
      .elements(of: Float.self).map(Double.init)
    return rows.count { row in
      let change = high[row] - low[row]
      let size = max(abs(change), abs(told[row]))
      // Changes of the size of rounding errors say nothing.
      guard size > 1e-4 * max(abs(high[row]), abs(low[row]), 1e-3) else { return false }
      return !(abs(change - told[row]) <= Self.mismatch * size)
    }
  }

  /// The step of every value, so that the whole is a part of epsilon in the norm.
  private func stepLength(_ probe: ProbeSetting, _ inputs: Tensor) -> Double {
    let size = Double(inputs.count / max(1, inputs.size(0)))
    let epsilon = probe.threat.epsilon.value * Self.step
    switch probe.threat.norm {
    case .linf: return epsilon
    case .l2: return epsilon / size.squareRoot()
    case .l1, .l0: return epsilon / size
    }
  }

  private func signs(_ batch: Batch, _ random: RandomKey) -> Tensor {
    let size = batch.inputs.count / max(1, batch.count)
    return Tensor(shape: batch.inputs.shape) { (buffer: UnsafeMutableBufferPointer<Float>) in
      for (position, index) in batch.indices.enumerated() {
        let row = UnsafeMutableBufferPointer(
          rebasing: buffer[position * size..<(position + 1) * size])
        random.split("signs").split(example: index).stream().fillSigns(row)
      }
    }
  }
}
