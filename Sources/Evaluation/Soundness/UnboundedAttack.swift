// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import RobustCore
import Statistics
import Torch

/// Where an attack that may change every value by the whole range led.
struct UnboundedRun: Sendable {
  /// What it returned for the first examples of the sample; nil where none could be afforded.
  var inputs: Tensor?
  /// Which of them are misclassified.
  var isBroken: [Bool] = []
}

/// Row 5: with the whole input range as its ball a working attack breaks nearly everything.
struct UnboundedAttack: SampleCheck {
  let row = SoundnessRow.unbounded

  private static let steps = 100
  /// As a share of the radius.
  private static let stepSize = 0.02

  /// Runs the attack once; other checks use what it returned.
  static func run(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> UnboundedRun {
    let count = budget.examples(
      probe.sample.count, costing: Double(steps) + 1, share: 0.12)
    guard count > 0 else { return UnboundedRun() }
    let batch = probe.sample.prefix(count).batch
    let range = probe.sample.inputRange
    guard let width = Epsilon(String(range.upperBound - range.lowerBound)) else {
      return UnboundedRun()
    }
    // In every norm the ball of that radius around some input holds all inputs only in linf.
    let threat = ThreatModel(norm: .linf, epsilon: width)
    let inputs = try ProjectedGradient(steps: steps, stepSize: stepSize).perturb(
      batch, within: threat, against: probe.victim(count),
      random: probe.random.split("unbounded"))
    return UnboundedRun(
      inputs: inputs, isBroken: try probe.isBroken(inputs, labels: batch.labels))
  }

  func measure(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> SoundnessFinding {
    let threshold = 1 / Double(probe.sample.classes)
    let count = probe.unbounded.isBroken.count
    guard count > 0 else {
      return .leftOut(row, threshold: threshold, because: "no example could be afforded")
    }
    let right = SuspectShare(
      count: probe.unbounded.isBroken.count { !$0 }, sample: count)
    let isFlagged = right.lowerBound > threshold
    return SoundnessFinding(
      row, value: right.value, threshold: threshold, sample: count,
      severity: isFlagged ? .blocking : nil,
      message: "pgd with \(Self.steps) steps and the whole input range left \(right.text) right"
        + (isFlagged ? "; the gradients lead nowhere, so try square and a transfer attack" : ""))
  }
}
