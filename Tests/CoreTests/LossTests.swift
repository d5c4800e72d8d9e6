// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import RobustCore
import Testing
import Torch

@Suite("Losses", .timeLimit(.minutes(15)))
struct LossTests {
  private static let logits = Tensor([0.0, log(2.0), log(5.0), 3, 1, 2], shape: [2, 3])
  private static let labels = Tensor([1, 0])

  private func gradient(of loss: Loss) -> [Double] {
    let leaf = Self.logits.leaf
    return loss.values(logits: leaf, labels: Self.labels).sum.gradient(withRespectTo: leaf)
      .elements(of: Double.self)
  }

  @Test("Cross-entropy is −log softmax, its gradient softmax minus the label")
  func crossEntropy() {
    let values = Loss.crossEntropy.values(logits: Self.logits, labels: Self.labels)
      .elements(of: Double.self)
    let total = exp(3.0) + exp(1.0) + exp(2.0)
    #expect(abs(values[0] - log(4.0)) <= 1e-14)
    #expect(abs(values[1] - (log(total) - 3)) <= 1e-14)
    let expected = [
      1.0 / 8, 2.0 / 8 - 1, 5.0 / 8, exp(3.0) / total - 1, exp(1.0) / total, exp(2.0) / total,
    ]
    for (found, wanted) in zip(gradient(of: .crossEntropy), expected) {
      #expect(abs(found - wanted) <= 1e-14)
    }
  }

  @Test("The margin is the best other logit minus the label's, with gradients +1 and −1")
  func margin() {
    let values = Loss.margin.values(logits: Self.logits, labels: Self.labels)
      .elements(of: Double.self)
    #expect(abs(values[0] - log(2.5)) <= 1e-15)
    #expect(values[1] == -1)
    #expect(gradient(of: .margin) == [0, -1, 1, -1, 0, 1])
  }

  @Test("The margin is positive exactly where another class is predicted")
  func marginSign() {
    let logits = Tensor([1.0, 2, 3, 3, 2, 1, 1, 3, 2], shape: [3, 3])
    let values = Loss.margin.values(logits: logits, labels: Tensor([2, 2, 1]))
    #expect((values .> 0).elements(of: Bool.self) == [false, true, false])
  }

  private static let four = Tensor([3.0, 1, 2.5, -1, 0, 4, 1, 3], shape: [2, 4])

  @Test("The logit ratio is the margin over the spread of the largest three")
  func logitRatio() {
    // Labels 0 and 0: (2.5 − 3) / (3 − 1) and (4 − 0) / (4 − 1).
    let values = Loss.logitRatio.values(logits: Self.four, labels: Tensor([0, 0]))
      .elements(of: Double.self)
    #expect(abs(values[0] + 0.25) <= 1e-11)
    #expect(abs(values[1] - 4.0 / 3) <= 1e-11)
  }

  @Test("Targeted losses lead to the target")
  func targeted() {
    let labels = Tensor([0, 1])
    let targets = Tensor([1, 3])
    func values(_ loss: Loss) -> [Double] {
      loss.values(logits: Self.four, labels: labels, targets: targets).elements(of: Double.self)
    }
    #expect(values(.margin) == [-2, -1])
    // (1 − 3) / (3 − (1 − 1) / 2) and (3 − 4) / (4 − (1 + 0) / 2).
    #expect(abs(values(.logitRatio)[0] + 2.0 / 3) <= 1e-11)
    #expect(abs(values(.logitRatio)[1] + 1 / 3.5) <= 1e-11)
    let total = exp(3.0) + exp(1.0) + exp(2.5) + exp(-1.0)
    #expect(abs(values(.crossEntropy)[0] - (1 - log(total))) <= 1e-14)
  }

  @Test("No scale of the logits changes the logit ratio", arguments: [1e-3, 1, 1e3])
  func scaleFree(scale: Double) {
    let plain = Loss.logitRatio.values(logits: Self.four, labels: Tensor([0, 1]))
    let scaled = Loss.logitRatio.values(logits: Self.four * scale, labels: Tensor([0, 1]))
    for (a, b) in zip(plain.elements(of: Double.self), scaled.elements(of: Double.self)) {
      #expect(abs(a - b) <= 1e-8)
    }
  }

  @Test("Losses are found by the words of the command line")
  func words() {
    #expect(Loss(rawValue: "ce") == .crossEntropy)
    #expect(Loss(rawValue: "margin") == .margin)
    #expect(Loss(rawValue: "dlr") == .logitRatio)
  }
}
