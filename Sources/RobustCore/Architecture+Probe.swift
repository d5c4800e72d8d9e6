// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics
public import Torch

extension Architecture {
  /// Inputs to measure by: images of one grey, or texts of the full length with words drawn by lot.
  public func probe(_ count: Int) -> Tensor {
    let shape = [count] + inputShape
    guard let words, words > 1 else { return Tensor(repeating: 0.5, shape: shape) }
    let places = Tensor(shape: shape) { (places: UnsafeMutableBufferPointer<Float>) in
      RandomKey(seed: 0).split("probe").stream().fillUniform(places, low: 0, high: 1)
    }
    return (places * Double(words - 1)).floor.clamped(to: 0...Double(words - 2)).cast(to: .int64)
      .scaledInteger(by: 1, plus: 1)
  }
}
