// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import RobustCore
import Statistics
import Torch

/// Untrained models whose answers are as good as others.
enum Fixtures {
  static func classifier(_ name: String, side: Int = 12, classes: Int = 4) throws -> Classifier {
    let input = InputDescription(
      shape: [1, side, side], classes: classes, mean: [0.4], deviation: [0.3])
    let architecture = try ModelCatalog.architecture(.init(name: name), for: input)
    return Classifier(
      architecture: architecture,
      parameters: architecture.initialParameters(random: RandomKey(seed: 3)))
  }

  static func images(_ count: Int, side: Int = 12, seed: UInt64 = 1) -> Tensor {
    Tensor(shape: [count, 1, side, side]) {
      RandomKey(seed: seed).stream().fillUniform($0, low: 0, high: 1)
    }
  }
}
