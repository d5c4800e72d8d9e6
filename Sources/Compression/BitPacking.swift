// SPDX-License-Identifier: GPL-3.0-or-later

import Torch

/// Small numbers side by side in bytes: the first one in the lowest bits, zeros after the last one.
struct BitPacking {
  /// Bits of each number: 1, 2, 4 or 8.
  let bits: Int

  private var perByte: Int { 8 / bits }

  /// What each number of a byte is multiplied by: `[perByte]`.
  private var weights: Tensor { Tensor((0..<perByte).map { Float(1 << ($0 * bits)) }) }

  /// The bytes that some numbers take.
  func byteCount(of count: Int) -> Int { (count + perByte - 1) / perByte }

  /// The bytes of some numbers, which are given as single precision: `[M]`.
  func packed(_ numbers: Tensor) -> Tensor {
    let rest = byteCount(of: numbers.count) * perByte - numbers.count
    return (numbers.padded([0, rest]).reshaped([-1, perByte]) * weights)
      .sum(along: [1]).cast(to: .uint8)
  }

  /// The first numbers of some bytes, as single precision.
  ///
  /// - Precondition: The bytes hold `count` numbers.
  func unpacked(_ bytes: Tensor, count: Int) -> Tensor {
    let whole = bytes.cast(to: .float32).reshaped([-1, 1])
    let (low, high) = (weights, weights * Double(1 << bits))
    let numbers = (whole / low).floor - (whole / high).floor * Double(1 << bits)
    return numbers.reshaped([-1]).slice(0..<count)
  }
}
