// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// A model that answers at random, asked several times: logits and gradients are means.
///
/// Every repetition is a query, counted by the victim itself.
///
/// > Source: Athalye et al. "Obfuscated Gradients Give a False Sense of Security." ICML 2018,
/// > [arXiv:1802.00420](https://arxiv.org/abs/1802.00420), section 4.3.
struct AveragedVictim: GradientVictim {
  private let victim: any GradientVictim
  private let samples: Int

  init(_ victim: any GradientVictim, samples: Int) {
    self.victim = victim
    self.samples = samples
  }

  var classes: Int { victim.classes }
  var inputRange: ClosedRange<Double> { victim.inputRange }

  func predictions(of inputs: Tensor, rows: [Int]) throws -> Tensor {
    try logits(of: inputs, rows: rows).indexOfLargest(along: 1)
  }

  func logits(of inputs: Tensor, rows: [Int]) throws -> Tensor {
    var sum = try victim.logits(of: inputs, rows: rows)
    for _ in 1..<samples { sum = sum + (try victim.logits(of: inputs, rows: rows)) }
    return sum / Double(samples)
  }

  func gradient(
    of loss: Loss, at inputs: Tensor, labels: Tensor, targets: Tensor?, rows: [Int]
  ) throws -> LossGradient {
    func answer() throws -> LossGradient {
      try victim.gradient(of: loss, at: inputs, labels: labels, targets: targets, rows: rows)
    }
    let first = try answer()
    var (logits, losses, gradient) = (first.logits, first.losses, first.gradient)
    for _ in 1..<samples {
      let next = try answer()
      (logits, losses, gradient) = (
        logits + next.logits, losses + next.losses, gradient + next.gradient
      )
    }
    let share = 1 / Double(samples)
    return LossGradient(
      logits: logits * share, losses: losses * share, gradient: gradient * share)
  }
}

extension GradientVictim {
  /// The victim itself, or its mean answers where more than one sample is asked for.
  func averaged(over samples: Int) -> any GradientVictim {
    samples == 1 ? self : AveragedVictim(self, samples: samples)
  }
}
