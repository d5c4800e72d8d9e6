// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import RobustCore
import Testing
import Torch

@testable import Evaluation

@Suite("What models are told of their inputs", .timeLimit(.minutes(15)))
struct InputDescriptionTests {
  @Test(
    "Mean and deviation are numbers, however wide the range", arguments: [1.0, 1e3, 1e18, 1e30])
  func wide(upper: Double) {
    let values: [Float] = [0, 1, 1, 0].map { $0 * Float(upper) }
    let examples = Examples(
      inputs: Tensor(values, shape: [4, 1, 1, 1]), labels: Tensor([0, 1, 1, 0]), classes: 2,
      inputRange: 0...upper)
    let found = InputDescription(examples, 2)
    #expect(abs(found.mean[0] / upper - 0.5) < 1e-6)
    #expect(abs(found.deviation[0] / upper - 0.5) < 1e-6)
  }
}
