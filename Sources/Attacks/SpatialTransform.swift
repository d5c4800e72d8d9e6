// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Torch

/// A rotation of an image about its middle, followed by a shift.
struct SpatialTransform: Hashable {
  /// Counter-clockwise as the image is seen.
  var degrees: Double
  /// Pixels to the right.
  var right: Double
  /// Pixels downwards.
  var down: Double

  /// Images, each transformed in its own way, sampled bilinearly; black beyond the edge.
  ///
  /// Turns by quarters of square images and shifts by whole pixels are exact: the images are laid on
  /// a square whose side is a power of two, on which the places of pixels have no rounding.
  ///
  /// - Parameters:
  ///   - transforms: One for each image.
  ///   - images: `[N, C, H, W]`.
  ///   - black: What comes in from outside.
  /// - Returns: `[N, C, H, W]`.
  static func applied(
    _ transforms: [SpatialTransform], to images: Tensor, black: Double
  ) -> Tensor {
    precondition(transforms.count == images.size(0), "one transform for each image")
    let (height, width) = (images.size(2), images.size(3))
    var side = 2
    while side < max(height, width) { side *= 2 }
    // Zeros come in from outside, so that black is zero in between.
    let dark = black == 0 ? images : images - black
    let square = dark.padded([0, side - width, 0, side - height])
    let grid = places(transforms, height, width, side: side)
    let turned = square.sampled(at: grid, border: .zeros, endsAreCenters: false)
    return black == 0 ? turned : turned + black
  }

  /// Where each pixel of the results comes from: `[N, H, W, 2]`, from −1 to 1 across the square.
  private static func places(
    _ transforms: [SpatialTransform], _ height: Int, _ width: Int, side: Int
  ) -> Tensor {
    let half = Double(side) / 2
    let count = transforms.count
    func each(_ value: (SpatialTransform) -> Double) -> Tensor {
      Tensor(transforms.map { Float(value($0)) }, shape: [count, 1, 1])
    }
    func centers(_ size: Int, _ shape: [Int]) -> Tensor {
      Tensor((0..<size).map { Float((Double($0) + 0.5 - Double(size) / 2) / half) }, shape: shape)
    }
    // Measured from the middle of the image, with the shift undone before the turn.
    let x = centers(width, [1, 1, width]) - each { $0.right / half }
    let y = centers(height, [1, height, 1]) - each { $0.down / half }
    let (cosine, sine) = (each { $0.turn.cosine }, each { $0.turn.sine })
    let fromX = x * cosine - y * sine + (Double(width) / Double(side) - 1)
    let fromY = x * sine + y * cosine + (Double(height) / Double(side) - 1)
    let shape = [count, height, width, 1]
    return Tensor.concatenated([fromX.reshaped(shape), fromY.reshaped(shape)], along: 3)
  }

  /// Exact for quarter turns, whose cosine the C library leaves at 10⁻¹⁷.
  private var turn: (cosine: Double, sine: Double) {
    let quarters = degrees / 90
    guard quarters != quarters.rounded() else {
      let exact: [(Double, Double)] = [(1, 0), (0, 1), (-1, 0), (0, -1)]
      return exact[((Int(quarters) % 4) + 4) % 4]
    }
    let angle = degrees * .pi / 180
    return (cos(angle), sin(angle))
  }
}
