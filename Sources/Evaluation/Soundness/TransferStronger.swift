// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import RobustCore
import Statistics
import Torch

/// Row 12: an attack on the dense parent must not break what direct attacks left standing.
///
/// It is made twice: inputs that mislead the parent are shown to the model, and the model is climbed
/// by the parent's gradients, as if what compression added had the gradient of doing nothing.
///
/// > Source: for borrowed gradients, Athalye et al. "Obfuscated Gradients Give a False Sense of
/// > Security." ICML 2018, [arXiv:1802.00420](https://arxiv.org/abs/1802.00420), section 4.1.
struct TransferStronger: SampleCheck {
  let row = SoundnessRow.transfer

  func measure(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> SoundnessFinding {
    guard let parent = probe.parent, probe.threat.norm != .l0 else {
      return .leftOut(
        row, threshold: SuspectShare.tolerated,
        because: probe.parent == nil ? "the model has no dense parent" : "l0 has no gradient step")
    }
    let cost = Double(DirectRun.steps) * 2.5 + 2
    let count = budget.examples(probe.direct.sample, costing: cost, share: 0.06)
    guard count > 0 else {
      return .leftOut(
        row, threshold: SuspectShare.tolerated, because: "no example could be afforded")
    }
    let batch = probe.sample.prefix(count).standing
    var broken = Array(repeating: false, count: batch.count)
    if batch.count > 0 {
      let shown = try attack(batch, probe, probe.victim(batch.count, on: parent), stops: false)
      let climbed = try attack(
        batch, probe,
        BorrowedGradients(
          victim: probe.victim(batch.count), source: probe.victim(batch.count, on: parent)),
        stops: true)
      let both = try [shown, climbed].map { try probe.isBroken($0, labels: batch.labels) }
      // What the same attack breaks directly is no transfer.
      broken = broken.indices.map {
        (both[0][$0] || both[1][$0]) && !probe.direct.isBroken[$0]
      }
    }
    return SuspectShare(count: broken.count(where: \.self), sample: count).finding(
      row,
      "attacks through the dense parent, and not the same one made directly, broke, among those"
        + " left standing,",
      remedy: "the gradients are masked; judge by a transfer attack and square as well")
  }

  private func attack(
    _ batch: Batch, _ probe: ProbeSetting, _ victim: any GradientVictim, stops: Bool
  ) throws -> Tensor {
    try ProjectedGradient(steps: DirectRun.steps, loss: .margin, stopsAtSuccess: stops).perturb(
      batch, within: probe.threat, against: victim, random: probe.random.split("transfer"))
  }
}

/// One model's answers with another one's gradients.
struct BorrowedGradients: GradientVictim {
  let victim: ModelVictim
  let source: ModelVictim

  var classes: Int { victim.classes }
  var inputRange: ClosedRange<Double> { victim.inputRange }

  func predictions(of inputs: Tensor, rows: [Int]) throws -> Tensor {
    try victim.predictions(of: inputs, rows: rows)
  }

  func logits(of inputs: Tensor, rows: [Int]) throws -> Tensor {
    try victim.logits(of: inputs, rows: rows)
  }

  func gradient(
    of loss: Loss, at inputs: Tensor, labels: Tensor, targets: Tensor?, rows: [Int]
  ) throws -> LossGradient {
    let logits = try victim.logits(of: inputs, rows: rows)
    let answer = try source.gradient(
      of: loss, at: inputs, labels: labels, targets: targets, rows: rows)
    return LossGradient(
      logits: logits, losses: loss.values(logits: logits, labels: labels, targets: targets),
      gradient: answer.gradient)
  }
}
