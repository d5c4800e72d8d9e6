// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics
import Torch

/// Random tensors with a row for each key, so that no row depends on its neighbours.
extension [RandomKey] {
  /// A field for each key, filled from the key's stream for one purpose.
  ///
  /// - Returns: `[N] + shape`, float32.
  func field(
    _ shape: [Int], _ purpose: String,
    _ fill: (RandomStream, UnsafeMutableBufferPointer<Float>) -> Void
  ) -> Tensor {
    let size = shape.reduce(1, *)
    return Tensor(shape: [count] + shape) { (buffer: UnsafeMutableBufferPointer<Float>) in
      for (position, key) in enumerated() {
        let row = UnsafeMutableBufferPointer(
          rebasing: buffer[position * size..<(position + 1) * size])
        fill(key.split(purpose).stream(), row)
      }
    }
  }

  /// A few numbers for each key, uniform in a range.
  func uniform(_ count: Int, in range: Range<Double>, _ purpose: String) -> [[Double]] {
    map { key in
      let stream = key.split(purpose).stream()
      return (0..<count).map { _ in stream.uniform(in: range) }
    }
  }
}
