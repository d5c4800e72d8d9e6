// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics
import Torch

/// Images made smaller by a random share and put at a random place on a black one of the old size.
///
/// It is a linear map, applied as one matrix to the rows and one to the columns of each image, so
/// that its adjoint carries a gradient back.
///
/// > Source: Xie et al. "Improving Transferability of Adversarial Examples with Input Diversity."
/// > CVPR 2019, [arXiv:1803.06978](https://arxiv.org/abs/1803.06978), section 3.3; the smallest share
/// > is that of the paper, 299 of 330 pixels.
struct Resizing {
  private static let smallestShare = 299.0 / 330

  /// `[N, 1, H, H]` and `[N, 1, W, W]`.
  private let rows: Tensor
  private let columns: Tensor

  /// Draws a map for each example of a batch.
  init(_ indices: [Int], shape: [Int], chance: Double, _ random: RandomKey) {
    let (height, width) = (shape[2], shape[3])
    var (rows, columns): ([Float], [Float]) = ([], [])
    for index in indices {
      let stream = random.split(example: index).stream()
      let isResized = stream.uniform() < chance
      let share = isResized ? stream.uniform(in: Self.smallestShare..<1) : 1
      rows += Self.matrix(height, share: share, offset: stream.uniform())
      columns += Self.matrix(width, share: share, offset: stream.uniform())
    }
    self.rows = Tensor(rows, shape: [indices.count, 1, height, height])
    self.columns = Tensor(columns, shape: [indices.count, 1, width, width])
  }

  /// The images resized.
  func applied(to images: Tensor) -> Tensor {
    rows.matrixProduct(images).matrixProduct(columns.transposed(2, 3))
  }

  /// The gradient at the images of one at the resized images.
  func adjoint(_ gradient: Tensor) -> Tensor {
    rows.transposed(2, 3).matrixProduct(gradient).matrixProduct(columns)
  }

  /// Linear interpolation of `size` values to fewer, which begin at a share of what is left free.
  private static func matrix(_ size: Int, share: Double, offset: Double) -> [Float] {
    var matrix = [Float](repeating: 0, count: size * size)
    let target = max(1, Int((share * Double(size)).rounded()))
    let first = Int((offset * Double(size - target + 1)).rounded(.down))
    let scale = Double(size) / Double(target)
    for row in 0..<target {
      let position = min(max((Double(row) + 0.5) * scale - 0.5, 0), Double(size - 1))
      let low = Int(position)
      let weight = Float(position - Double(low))
      matrix[(first + row) * size + low] += 1 - weight
      matrix[(first + row) * size + min(low + 1, size - 1)] += weight
    }
    return matrix
  }
}
