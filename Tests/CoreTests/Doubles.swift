// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import RobustCore
import Statistics
import Torch

/// Logits that are a fixed matrix times the input, and a count of the inputs that were answered.
final class LinearNetwork: Network {
  let weight: Tensor
  private let lock = NSLock()
  nonisolated(unsafe) private var sizes: [Int] = []

  init(weight: Tensor) { self.weight = weight }

  /// The sizes of the passes so far.
  var passes: [Int] { lock.withLock { sizes } }

  func logits(_ input: Tensor) -> Tensor {
    lock.withLock { sizes.append(input.size(0)) }
    return input.flattenedExamples.linear(weight: weight, bias: nil)
  }
}

/// Normal numbers from a stream.
func normal(_ shape: [Int], _ purpose: String) -> Tensor {
  Tensor(shape: shape) {
    RandomKey(seed: 17).split(purpose).stream().fillNormal($0, mean: 0, sigma: 1)
  }
}
