// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Torch

/// What storing an image as JPEG at one quality and reading it again does to it.
///
/// Everything that loses something: rounding to 256 levels, for three channels the change to luma and
/// chroma at half the resolution, and the rounded cosine transform of blocks of 8 × 8. The entropy
/// code, which loses nothing, is left out. Images of another number of channels are stored channel by
/// channel as grey ones.
///
/// The forward transform is the one in whole numbers that nearly every program uses: a coefficient near
/// the middle between two steps falls to the same side as theirs.
///
/// > Source: ITU-T T.81 (1992), annex A.3 and the tables of annex K.1; the scaling of the tables by
/// > quality, the resolution of chroma and the roundings are those of the Independent JPEG Group's
/// > library, whose transform is that of Loeffler, Ligtenberg and Moschytz, ICASSP 1989.
struct JPEGRoundTrip {
  /// Table K.1.
  static let luminance: [Int] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
  ]
  /// Table K.2.
  static let chrominance: [Int] = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  ]

  private let luma: Tensor
  private let chroma: Tensor

  /// Creates the round trip at a quality from 1 to 100.
  init(quality: Int) {
    precondition((1...100).contains(quality), "a quality lies in 1...100")
    func table(_ base: [Int]) -> Tensor {
      Tensor(
        Self.scaled(base, quality: quality).map(Double.init), shape: [1, 1, 1, 8, 1, 8])
    }
    luma = table(Self.luminance)
    chroma = table(Self.chrominance)
  }

  /// A table of annex K as the Independent JPEG Group scales it.
  static func scaled(_ table: [Int], quality: Int) -> [Int] {
    let percent = quality < 50 ? 5000 / quality : 200 - 2 * quality
    return table.map { min(max(($0 * percent + 50) / 100, 1), 255) }
  }

  /// Images `[N, C, H, W]` from 0 to 1, stored and read again.
  func applied(to images: Tensor) -> Tensor {
    let levels = (images.cast(to: .float64) * 255).nearestLevel
    let results = images.size(1) == 3 ? coloured(levels) : stored(levels, luma)
    return (results / 255).cast(to: .float32)
  }

  private func coloured(_ levels: Tensor) -> Tensor {
    let (red, green, blue) = (
      levels.slice(0..<1, along: 1), levels.slice(1..<2, along: 1), levels.slice(2..<3, along: 1)
    )
    let y = stored((red * 0.299 + green * 0.587 + blue * 0.114).nearestLevel, luma)
    // Halves fall to the lower level in chroma, to the upper one in luma.
    let middle = 128 - 0x1p-16
    let cb = halved((red * -0.168735892 + green * -0.331264108 + blue * 0.5 + middle).nearestLevel)
    let cr = halved((red * 0.5 + green * -0.418687589 + blue * -0.081312411 + middle).nearestLevel)
    let (height, width) = (levels.size(2), levels.size(3))
    let u = doubled(stored(cb, chroma), height, width) - 128
    let v = doubled(stored(cr, chroma), height, width) - 128
    return Tensor.concatenated(
      [y + v * 1.402, y - u * 0.344136286 - v * 0.714136286, y + u * 1.772], along: 1
    ).nearestLevel
  }

  /// One component through the rounded transform.
  private func stored(_ levels: Tensor, _ table: Tensor) -> Tensor {
    let (height, width) = (levels.size(2), levels.size(3))
    let padded = levels.extended(toMultiplesOf: 8, 8)
    let blocks = (padded - 128).reshaped([
      padded.size(0), padded.size(1), padded.size(2) / 8, 8, padded.size(3) / 8, 8,
    ])
    let coefficients = Self.transformed(blocks)
    // Halves away from zero; the coefficients are eight times their size.
    let steps = (coefficients.absolute + table * 4) / (table * 8)
    let quantized = coefficients.sign * steps.floor * table
    let back = Self.inverse.applied(to: Self.inverse.applied(to: quantized, along: 3), along: 5)
    return (back + 128).nearestLevel.reshaped(padded.shape)
      .slice(0..<height, along: 2).slice(0..<width, along: 3)
  }

  /// Half the resolution: means of 2 × 2, halves rounded down and up in turn.
  ///
  /// Columns are repeated up to whole blocks before, rows after; the result is that much wider.
  private func halved(_ levels: Tensor) -> Tensor {
    let even = levels.extended(toMultiplesOf: 2, 16)
    func pairs(_ size: Int) -> AxisMap {
      AxisMap(
        weights: (0..<size / 2).map { output in
          (0..<size).map { (input: Int) -> Double in input / 2 == output ? 1 : 0 }
        })
    }
    let sums = AxisMap.applied(pairs(even.size(2)), pairs(even.size(3)), to: even)
    let bias = Self.alternating(1, 2, count: even.size(3) / 2)
    return ((sums + bias) / 4).floor
  }

  /// Twice the resolution: three parts of the nearest pixel and one of the next, in each direction.
  private func doubled(_ padded: Tensor, _ height: Int, _ width: Int) -> Tensor {
    let levels = padded.slice(0..<(width + 1) / 2, along: 3)
    func spread(_ size: Int) -> AxisMap {
      AxisMap(
        weights: (0..<2 * size).map { (output: Int) -> [Double] in
          var row = Array(repeating: 0.0, count: size)
          let nearest = output / 2
          let next = ImageBorder.replicated.index(
            output % 2 == 0 ? nearest - 1 : nearest + 1, size: size)
          row[nearest] += 3
          row[next] += 1
          return row
        })
    }
    let sums = AxisMap.applied(spread(levels.size(2)), spread(levels.size(3)), to: levels)
    let bias = Self.alternating(8, 7, count: 2 * levels.size(3))
    return ((sums + bias) / 16).floor.slice(0..<height, along: 2).slice(0..<width, along: 3)
  }

  /// The cosine transform of blocks `[N, C, rows, 8, columns, 8]`, eight times its size, rounded after
  /// the columns to quarters of that.
  static func transformed(_ blocks: Tensor) -> Tensor {
    func rounded(_ sums: Tensor, bits: Int) -> Tensor {
      let unit = Double(1 << bits)
      return ((sums + unit / 2) / unit).floor
    }
    let across = rounded(Self.cosines.applied(to: blocks, along: 5), bits: 11)
    return rounded(Self.cosines.applied(to: across, along: 3), bits: 15)
  }

  private static func alternating(_ even: Double, _ odd: Double, count: Int) -> Tensor {
    Tensor((0..<count).map { (index: Int) -> Double in index % 2 == 0 ? even : odd })
  }

  /// The cosine transform times the root of 8, in steps of 2⁻¹³.
  private static let cosines: AxisMap = {
    let halves: [[Double]] = [
      [8192, 8192, 8192, 8192], [11363, 9633, 6437, 2260],
      [10703, 4433, -4433, -10703], [9633, -2259, -11362, -6436],
      [8192, -8192, -8192, 8192], [6437, -11362, 2261, 9633],
      [4433, -10704, 10704, -4433], [2260, -6436, 9633, -11363],
    ]
    // Rows are even and odd functions of the place in turn.
    let rows = halves.enumerated().map { frequency, half in
      half + half.reversed().map { frequency % 2 == 0 ? $0 : -$0 }
    }
    return AxisMap(weights: rows)
  }()

  /// The orthonormal inverse transform of eight values.
  private static let inverse = AxisMap(
    weights: (0..<8).map { (place: Int) -> [Double] in
      (0..<8).map { (frequency: Int) -> Double in
        let scale = frequency == 0 ? (1.0 / 8).squareRoot() : 0.5
        return scale * cos(Double((2 * place + 1) * frequency) * Double.pi / 16)
      }
    })
}

extension Tensor {
  /// The nearest whole number from 0 to 255.
  fileprivate var nearestLevel: Tensor { (self + 0.5).floor.clamped(to: 0...255) }

  /// Images whose last row and column are repeated up to whole blocks.
  fileprivate func extended(toMultiplesOf height: Int, _ width: Int) -> Tensor {
    func indices(_ size: Int, _ block: Int) -> Tensor {
      let whole = (size + block - 1) / block * block
      return Tensor((0..<whole).map { (index: Int) -> Int in Swift.min(index, size - 1) })
    }
    return rows(indices(size(2), height), along: 2).rows(indices(size(3), width), along: 3)
  }
}
