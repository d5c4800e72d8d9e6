// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Torch

/// What continues an image beyond its edge.
enum ImageBorder {
  /// The outermost pixel, again and again.
  case replicated
  /// The image mirrored about the centre of its outermost pixel.
  case mirrored
  /// The image mirrored about its edge.
  case reflected

  /// The pixel of 0..<size that stands at a position.
  func index(_ position: Int, size: Int) -> Int {
    switch self {
    case .replicated: return min(max(position, 0), size - 1)
    case .mirrored:
      guard size > 1 else { return 0 }
      let phase = abs(position) % (2 * size - 2)
      return phase < size ? phase : 2 * size - 2 - phase
    case .reflected:
      let remainder = position % (2 * size)
      let phase = remainder < 0 ? remainder + 2 * size : remainder
      return phase < size ? phase : 2 * size - 1 - phase
    }
  }

  /// The pixels that stand from `-margin` to `size + margin`.
  func indices(_ size: Int, margin: Int) -> [Int] {
    (-margin..<size + margin).map { index($0, size: size) }
  }
}

/// A linear map along one dimension of a tensor: a blur, a change of size, a cosine transform.
///
/// Applied as a sum of rows and not as a matrix product, whose sums may take another order in
/// another batch.
struct AxisMap {
  /// An input that an output is made of.
  struct Tap {
    var place: Int
    var weight: Double
  }

  /// The inputs of each output; most maps reach few.
  let taps: [[Tap]]

  /// The map applied along a dimension.
  func applied(to tensor: Tensor, along dimension: Int) -> Tensor {
    var shape = tensor.shape
    shape[dimension] = taps.count
    let result = Tensor(repeating: 0, shape: shape, type: tensor.elementType)
    let columnShape = shape.indices.map { $0 == dimension ? -1 : 1 }
    for depth in 0..<(taps.map(\.count).max() ?? 0) {
      let column = taps.map { depth < $0.count ? $0[depth] : Tap(place: 0, weight: 0) }
      let part = tensor.rows(Tensor(column.map(\.place)), along: dimension)
      let factors = Tensor(column.map(\.weight)).cast(to: tensor.elementType)
      result.addInPlace(part * factors.reshaped(columnShape))
    }
    return result
  }

  /// One map applied along the rows of images and another along their columns.
  static func applied(_ vertical: AxisMap, _ horizontal: AxisMap, to images: Tensor) -> Tensor {
    let rank = images.rank
    return horizontal.applied(
      to: vertical.applied(to: images, along: rank - 2), along: rank - 1)
  }
}

extension AxisMap {
  /// A map with a row of input weights for each output.
  init(weights: [[Double]]) {
    taps = weights.map { row in
      row.enumerated().filter { $0.element != 0 }.map { Tap(place: $0.offset, weight: $0.element) }
    }
  }

  /// A normal blur; its weights sum to one, also at the edge.
  ///
  /// - Parameters:
  ///   - size: Pixels of the dimension.
  ///   - sigma: Deviation in pixels; zero changes nothing.
  ///   - truncation: Deviations after which the kernel ends.
  ///   - border: What lies beyond the edge.
  /// - Returns: A map that keeps the size.
  static func gaussian(
    _ size: Int, sigma: Double, truncation: Double, border: ImageBorder
  ) -> AxisMap {
    let radius = Int(truncation * sigma + 0.5)
    let kernel = (-radius...radius).map { offset in
      sigma > 0 ? exp(-Double(offset * offset) / (2 * sigma * sigma)) : 1
    }
    let total = kernel.reduce(0, +)
    return AxisMap(
      taps: (0..<size).map { output in
        kernel.indices.map { tap in
          Tap(
            place: border.index(output + tap - radius, size: size), weight: kernel[tap] / total)
        }
      })
  }

  /// The middle of a dimension enlarged to the whole, by linear interpolation.
  ///
  /// As in the published code, the outermost pixels of the cut stay outermost, and the enlargement
  /// is trimmed where it is longer than the dimension.
  static func zoom(_ size: Int, by factor: Double) -> AxisMap {
    let cut = Int((Double(size) / factor).rounded(.up))
    let start = (size - cut) / 2
    let enlarged = Int((Double(cut) * factor).rounded(.toNearestOrEven))
    let trim = (enlarged - size) / 2
    let scale = Double(cut - 1) / Double(max(enlarged - 1, 1))
    return AxisMap(
      taps: (0..<size).map { output in
        let place = Double(trim + output) * scale
        let left = min(Int(place), cut - 1)
        let share = place - Double(left)
        return [
          Tap(place: start + left, weight: 1 - share),
          Tap(place: start + min(left + 1, cut - 1), weight: share),
        ]
      })
  }

  /// A change of size by the mean of the pixels whose centres an output pixel covers.
  static func box(from size: Int, to newSize: Int) -> AxisMap {
    let scale = Double(size) / Double(newSize)
    // An enlarged pixel covers one centre and takes its nearest pixel.
    let width = max(scale, 1)
    return AxisMap(
      taps: (0..<newSize).map { output in
        let center = (Double(output) + 0.5) * scale
        let covered = (0..<size).filter { input in
          let offset = (Double(input) + 0.5 - center) / width
          return offset > -0.5 && offset <= 0.5
        }
        return covered.map { Tap(place: $0, weight: 1 / Double(covered.count)) }
      })
  }
}
