// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Torch

/// Row 3: examples whose input gradient is zero everywhere, or holds what is not a number.
struct ZeroGradient: SampleCheck {
  let row = SoundnessRow.zeroGradient

  func measure(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> SoundnessFinding {
    let count = budget.examples(probe.sample.count, costing: 2, share: 0.03)
    guard count > 0 else {
      return .leftOut(row, threshold: 0, because: "no example could be afforded")
    }
    let batch = probe.sample.prefix(count).batch
    let crossEntropy = try useless(.crossEntropy, probe, batch)
    let logitRatio = try useless(probe.sample.classes >= 3 ? .logitRatio : .margin, probe, batch)
    let worst = max(crossEntropy, logitRatio)
    return SoundnessFinding(
      row, value: Double(worst) / Double(count), threshold: 0, sample: count,
      severity: severity(crossEntropy, logitRatio, probe),
      message: "of \(count) examples, \(crossEntropy) have no usable input gradient under the"
        + " cross-entropy and \(logitRatio) under the logit ratio"
        + (worst == 0 ? "" : "; \(remedy(crossEntropy, logitRatio))"))
  }

  /// Examples whose gradient is zero or not finite.
  private func useless(_ loss: Loss, _ probe: ProbeSetting, _ batch: Batch) throws -> Int {
    let gradient = try probe.victim(batch.count).gradient(
      of: loss, at: batch.inputs, labels: batch.labels, rows: Array(0..<batch.count)
    ).gradient.flattenedExamples
    let largest = gradient.absolute.largest(along: [1]).elements(of: Float.self)
    let isFinite = gradient.isFinite.cast(to: .float32).smallest(along: [1])
      .elements(of: Float.self)
    return zip(largest, isFinite).count { $0 == 0 || $1 == 0 }
  }

  /// A gradient that is missing under every loss leaves the evaluation to other evidence.
  private func severity(
    _ crossEntropy: Int, _ logitRatio: Int, _ probe: ProbeSetting
  ) -> SoundnessFlag.Severity? {
    if logitRatio > 0 { return probe.hasBlackBox ? .warning : .blocking }
    guard crossEntropy > 0 else { return nil }
    let climbsOther = probe.attacks.contains { $0.followsGradients && !$0.climbsCrossEntropy }
    return climbsOther || probe.hasBlackBox ? .warning : .blocking
  }

  private func remedy(_ crossEntropy: Int, _ logitRatio: Int) -> String {
    logitRatio > 0
      ? "add an attack without gradients, such as square, and a transfer attack"
      : "add an attack that no scale of the logits changes, such as apgd-t or apgd-dlr"
  }
}

extension ResolvedExperiment.ResolvedAttack {
  /// Whether the attack's gradients vanish where the softmax is saturated.
  var climbsCrossEntropy: Bool {
    if let loss = parameters["loss"]?.choice { return loss == Loss.crossEntropy.rawValue }
    return ["apgd-ce", "ddn"].contains(specification.name)
  }
}
