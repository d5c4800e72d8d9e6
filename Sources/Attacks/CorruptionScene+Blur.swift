// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Statistics
import Torch

/// Blurs: every channel by the same kernel.
extension CorruptionScene {
  /// Spreads every pixel over a disc whose edge is softened.
  func defocusBlur(_ severity: Severity) -> Tensor {
    let kernel = BlurKernel.disc(radius: severity["radius"], sigma: severity["sigma"])
    let margin = kernel.count / 2
    let rows = Tensor(ImageBorder.mirrored.indices(height, margin: margin))
    let columns = Tensor(ImageBorder.mirrored.indices(width, margin: margin))
    let padded = images.rows(rows, along: 2).rows(columns, along: 3)
    let sum = images * 0
    for (top, row) in kernel.enumerated() {
      for (left, weight) in row.enumerated() where weight != 0 {
        let part = padded.slice(top..<top + height, along: 2).slice(left..<left + width, along: 3)
        sum.addInPlace(part * weight)
      }
    }
    return sum
  }

  /// Blurs, takes every pixel from a near neighbour, and blurs again.
  func glassBlur(_ severity: Severity) -> Tensor {
    let reach = Int(severity["reach"].rounded())
    let order = Tensor(shape: [count, 1, height * width]) {
      (buffer: UnsafeMutableBufferPointer<Int>) in
      let size = height * width
      for (position, key) in keys.enumerated() {
        let part = UnsafeMutableBufferPointer(
          rebasing: buffer[position * size..<(position + 1) * size])
        scatter(part, reach: reach, rounds: Int(severity["rounds"]), key.split("glass").stream())
      }
    }
    let everyChannel = order + Tensor(repeating: 0, shape: [1, channels, 1], type: .int64)
    let soft = normallyBlurred(images, sigma: severity["sigma"])
    let shuffled = soft.reshaped([count, channels, -1]).gathered(everyChannel, along: 2)
    return normallyBlurred(shuffled.reshaped(images.shape), sigma: severity["sigma"])
  }

  /// Leaves a trail in a direction within 45 degrees of the horizontal.
  func motionBlur(_ severity: Severity) -> Tensor {
    let angles = keys.uniform(1, in: -45..<45, "angle").map { $0[0] }
    return trailed(
      images, radius: severity["radius"], sigma: severity["sigma"], degrees: angles)
  }

  /// The mean of the image, twice, and of enlargements by one to `steps` hundredths.
  func zoomBlur(_ severity: Severity) -> Tensor {
    let steps = Int(severity["steps"])
    let sum = images * 2
    for step in 1...steps {
      let factor = 1 + Double(step) / 100
      sum.addInPlace(enlarged(images, by: factor))
    }
    return sum / Double(steps + 2)
  }

  /// The middle of each image, enlarged to the whole.
  func enlarged(_ layer: Tensor, by factor: Double) -> Tensor {
    AxisMap.applied(.zoom(height, by: factor), .zoom(width, by: factor), to: layer)
  }

  /// Blurs along half a normal curve, from each pixel to one side, as ImageMagick does.
  ///
  /// - Parameters:
  ///   - layer: `[N, C, H, W]`.
  ///   - radius: The trail is one more than twice as long.
  ///   - sigma: Deviation in pixels.
  ///   - degrees: A direction for each image.
  /// - Returns: `[N, C, H, W]`.
  func trailed(_ layer: Tensor, radius: Double, sigma: Double, degrees: [Double]) -> Tensor {
    let flat = layer.reshaped([count, layer.size(1), -1])
    let ys = Tensor(Array(0..<height), shape: [1, height, 1])
    let xs = Tensor(Array(0..<width), shape: [1, 1, width])
    let everyChannel = Tensor(repeating: 0, shape: [1, layer.size(1), 1], type: .int64)
    let sum = flat * 0
    for (tap, weight) in BlurKernel.trail(radius: radius, sigma: sigma).enumerated() {
      func shifts(_ component: (Double) -> Double) -> Tensor {
        Tensor(
          degrees.map { Int((Double(tap) * component($0 * .pi / 180) - 0.5).rounded(.up)) },
          shape: [count, 1, 1])
      }
      let rows = (ys + shifts(sin)).clamped(to: 0...Double(height - 1))
      let columns = (xs + shifts(cos)).clamped(to: 0...Double(width - 1))
      let places = (rows * Tensor([width]) + columns).cast(to: .int64).reshaped([count, 1, -1])
      sum.addInPlace(flat.gathered(places + everyChannel, along: 2) * weight)
    }
    return sum.reshaped(layer.shape)
  }

  private func normallyBlurred(_ images: Tensor, sigma: Double) -> Tensor {
    AxisMap.applied(
      .gaussian(height, sigma: sigma, truncation: 4, border: .replicated),
      .gaussian(width, sigma: sigma, truncation: 4, border: .replicated), to: images)
  }

  /// Fills with the pixel that each place takes, from the last place to the first.
  private func scatter(
    _ order: UnsafeMutableBufferPointer<Int>, reach: Int, rounds: Int, _ stream: RandomStream
  ) {
    for index in order.indices { order[index] = index }
    guard reach > 0 else { return }
    for _ in 0..<rounds {
      for row in stride(from: height - reach, to: reach, by: -1) {
        for column in stride(from: width - reach, to: reach, by: -1) {
          let across = stream.integer(below: 2 * reach) - reach
          let down = stream.integer(below: 2 * reach) - reach
          order[row * width + column] = order[(row + down) * width + column + across]
        }
      }
    }
  }
}

/// Kernels of the blurs; their weights sum to one.
enum BlurKernel {
  /// A disc of whole pixels, softened by a small normal blur.
  static func disc(radius: Double, sigma: Double) -> [[Double]] {
    let soft = radius <= 8 ? 1 : 2
    let reach = Int(radius) + soft
    let side = 2 * reach + 1
    let normal = (-soft...soft).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let total = normal.reduce(0, +)
    func isInside(_ row: Int, _ column: Int) -> Bool {
      let (y, x) = (row - reach, column - reach)
      return Double(y * y + x * x) <= radius * radius
    }
    let area = (0..<side * side).count { isInside($0 / side, $0 % side) }
    return (0..<side).map { row in
      (0..<side).map { column in
        var sum = 0.0
        for down in -soft...soft {
          for across in -soft...soft where isInside(row + down, column + across) {
            sum += normal[down + soft] * normal[across + soft]
          }
        }
        return sum / (total * total * Double(area))
      }
    }
  }

  /// Half a normal curve from its peak outwards.
  static func trail(radius: Double, sigma: Double) -> [Double] {
    let length = 2 * Int(radius.rounded(.up)) + 1
    let weights = (0..<length).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let total = weights.reduce(0, +)
    // What is too faint for single precision is left out.
    return weights.map { $0 / total }.filter { $0 > 1e-9 }
  }
}
