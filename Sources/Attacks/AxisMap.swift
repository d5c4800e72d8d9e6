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
  /// A row of input weights for each output.
  let weights: [[Double]]

  /// The map applied along a dimension.
  func applied(to tensor: Tensor, along dimension: Int) -> Tensor {
    precondition(
      tensor.size(dimension) == weights.first?.count, "\(tensor.shape) along \(dimension)")
    // Most maps reach few inputs from each output: a tap for each of them.
    let taps = weights.map { row in row.indices.filter { row[$0] != 0 } }
    var shape = tensor.shape
    shape[dimension] = weights.count
    let result = Tensor(repeating: 0, shape: shape, type: tensor.elementType)
    let columnShape = shape.indices.map { $0 == dimension ? -1 : 1 }
    for tap in 0..<(taps.map(\.count).max() ?? 0) {
      let places = taps.map { tap < $0.count ? $0[tap] : 0 }
      let column = zip(taps, weights).map { tap < $0.count ? $1[$0[tap]] : 0 }
      let part = tensor.rows(Tensor(places), along: dimension)
      let factors = Tensor(column).cast(to: tensor.elementType).reshaped(columnShape)
      result.addInPlace(part * factors)
    }
    return result
  }

  /// The map applied along the last two dimensions, for square images or those of two maps.
  static func applied(_ vertical: AxisMap, _ horizontal: AxisMap, to images: Tensor) -> Tensor {
    let rank = images.rank
    return horizontal.applied(
      to: vertical.applied(to: images, along: rank - 2), along: rank - 1)
  }
}

extension AxisMap {
  /// A normal blur; its weights sum to one, also at the edge.
  ///
  /// - Parameters:
  ///   - size: Pixels of the dimension.
  ///   - sigma: Deviation in pixels; zero changes nothing.
  ///   - truncation: Deviations after which the kernel ends.
  ///   - border: What lies beyond the edge.
  static func gaussian(
    _ size: Int, sigma: Double, truncation: Double, border: ImageBorder
  ) -> AxisMap {
    let radius = Int(truncation * sigma + 0.5)
    let kernel = (-radius...radius).map { offset in
      sigma > 0 ? exp(-Double(offset * offset) / (2 * sigma * sigma)) : 1
    }
    let total = kernel.reduce(0, +)
    var weights = Array(repeating: Array(repeating: 0.0, count: size), count: size)
    for output in 0..<size {
      for (tap, weight) in kernel.enumerated() {
        weights[output][border.index(output + tap - radius, size: size)] += weight / total
      }
    }
    return AxisMap(weights: weights)
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
    let weights = (0..<size).map { output in
      var row = Array(repeating: 0.0, count: size)
      let place =
        enlarged > 1 ? Double(trim + output) * Double(cut - 1) / Double(enlarged - 1) : 0
      let left = min(Int(place), cut - 1)
      row[start + left] += 1 - (place - Double(left))
      row[start + min(left + 1, cut - 1)] += place - Double(left)
      return row
    }
    return AxisMap(weights: weights)
  }

  /// A change of size by the mean of the pixels whose centres an output pixel covers.
  static func box(from size: Int, to newSize: Int) -> AxisMap {
    let scale = Double(size) / Double(newSize)
    // An enlarged pixel covers one centre and takes its nearest pixel.
    let width = max(scale, 1)
    let weights = (0..<newSize).map { output in
      let center = (Double(output) + 0.5) * scale
      let row = (0..<size).map { input in
        let offset = (Double(input) + 0.5 - center) / width
        return offset > -0.5 && offset <= 0.5 ? 1.0 : 0
      }
      let total = row.reduce(0, +)
      return row.map { $0 / total }
    }
    return AxisMap(weights: weights)
  }
}
