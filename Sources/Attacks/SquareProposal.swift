// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import Torch

/// The random changes that ``SquareAttack`` tries.
enum SquareProposal {
  /// Vertical stripes of ±epsilon in linf, a grid of bumps in the other norms.
  static func start(in ball: Ball, _ streams: [RandomStream]) -> Tensor {
    let (channels, height, width) = size(ball)
    if ball.norm == .linf {
      let stripes = signs(streams, [channels, 1, width])
      return ball.projected(ball.center + stripes * ball.epsilon)
    }
    let side = max(1, height / 5)
    let bump = Tensor(Bump.values(side: side, isTransposed: false), shape: [1, 1, 1, side * side])
    var delta = Tensor(repeating: 0, shape: [streams.count, channels, height * width])
    let margins = ((height - side * 5) / 2, (width - side * 5) / 2)
    for row in 0..<5 {
      for column in 0..<5 {
        let corners = Array(
          repeating: (max(0, margins.0) + row * side, max(0, margins.1) + column * side),
          count: streams.count)
        guard corners[0].0 + side <= height, corners[0].1 + side <= width else { continue }
        let window = Window(corners, side: side, width: width, channels: channels)
        let values = bump.reshaped([1, 1, side * side]) * signs(streams, [channels, 1])
        delta = delta.scattering(values, at: window.indices, along: 2)
      }
    }
    return filled(delta, in: ball)
  }

  /// One square of each example changed.
  static func change(
    of best: Tensor, in ball: Ball, share: Double, _ streams: [RandomStream]
  ) -> Tensor {
    let (channels, height, width) = size(ball)
    var side = Int((share * Double(height * width)).squareRoot().rounded())
    if ball.norm == .linf {
      side = min(max(side, 1), height, width)
      let corners = corners(streams, height - side, width - side)
      let square = mask(corners, side: side, height, width)
      let change = square * signs(streams, [channels, 1, 1]) * (2 * ball.epsilon)
      return ball.projected(best + change)
    }
    side = max(side, 3)
    side = min(side.isMultiple(of: 2) ? side + 1 : side, height, width)
    let delta = (best - ball.center).reshaped([streams.count, channels, height * width])
    func window() -> Window {
      Window(
        corners(streams, height - side, width - side), side: side, width: width,
        channels: channels)
    }
    let (target, source) = (window(), window())
    let bumps = Tensor(
      streams.flatMap { Bump.values(side: side, isTransposed: $0.uniform() < 0.5) },
      shape: [streams.count, 1, side * side])
    return filled(
      moved(delta, from: source, to: target, adding: bumps * signs(streams, [channels, 1]), ball),
      in: ball)
  }

  /// The perturbation of one window given to another, where it gets a bump besides.
  private static func moved(
    _ delta: Tensor, from source: Window, to target: Window, adding bump: Tensor, _ ball: Ball
  ) -> Tensor {
    let order = ball.norm == .l1 ? 1.0 : 2
    func length(_ values: Tensor) -> Tensor { values.norm(order, along: [2], keeping: true) }
    let old = delta.gathered(target.indices, along: 2)
    let cleared = delta.scattering(0, at: source.indices, along: 2)
      .scattering(0, at: target.indices, along: 2)
    let channels = Double(delta.size(1))
    // What both windows held, and what the image has left to spend.
    let whole = delta.reshaped([delta.size(0), 1, -1])
    let freed = length(delta).power(order) - length(cleared).power(order)
    let left = (length(whole).power(order) * -1 + power(ball.epsilon, order)).relu / channels
    let budget = (freed.relu + left).power(1 / order)
    let shape = bump + old / length(old).clamped(atLeast: 1e-12)
    let new = shape / length(shape).clamped(atLeast: 1e-12) * budget
    return cleared.scattering(new, at: target.indices, along: 2)
  }

  /// Scaled to the whole radius, so that nothing of it is left unused, and cut to the range.
  private static func filled(_ delta: Tensor, in ball: Ball) -> Tensor {
    let flat = delta.reshaped([delta.size(0), -1])
    let order = ball.norm == .l1 ? 1.0 : 2
    let lengths = flat.norm(order, along: [1], keeping: true).clamped(atLeast: 1e-12)
    return ball.projected(
      ball.center + (flat / lengths * ball.epsilon).reshaped(ball.center.shape))
  }

  private static func power(_ value: Double, _ order: Double) -> Double {
    order == 1 ? value : value * value
  }

  private static func size(_ ball: Ball) -> (channels: Int, height: Int, width: Int) {
    (ball.center.size(1), ball.center.size(2), ball.center.size(3))
  }

  /// Independent ±1 for each example.
  private static func signs(_ streams: [RandomStream], _ shape: [Int]) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor(shape: [streams.count] + shape) { (values: UnsafeMutableBufferPointer<Float>) in
      for (row, stream) in streams.enumerated() {
        stream.fillSigns(
          UnsafeMutableBufferPointer(rebasing: values[row * count..<(row + 1) * count]))
      }
    }
  }

  private static func corners(
    _ streams: [RandomStream], _ lastRow: Int, _ lastColumn: Int
  ) -> [(Int, Int)] {
    streams.map { ($0.integer(below: lastRow + 1), $0.integer(below: lastColumn + 1)) }
  }

  /// One inside each example's square and zero elsewhere: `[N, 1, H, W]`.
  private static func mask(
    _ corners: [(Int, Int)], side: Int, _ height: Int, _ width: Int
  ) -> Tensor {
    func inside(_ starts: [Int], _ length: Int) -> Tensor {
      let places = Tensor((0..<length).map(Float.init), shape: [1, length])
      let offset = places - Tensor(starts.map(Float.init), shape: [starts.count, 1])
      return (offset .> -0.5).and(offset .< Double(side) - 0.5).cast(to: .float32)
    }
    let rows = inside(corners.map(\.0), height).reshaped([-1, 1, height, 1])
    let columns = inside(corners.map(\.1), width).reshaped([-1, 1, 1, width])
    return rows * columns
  }
}

/// A square of each example as indices into its flattened channels.
private struct Window {
  /// `[N, C, side²]`.
  let indices: Tensor

  init(_ corners: [(Int, Int)], side: Int, width: Int, channels: Int) {
    let inner = (0..<side).flatMap { row in (0..<side).map { row * width + $0 } }
    let starts = Tensor(corners.map { $0.0 * width + $0.1 }).reshaped([-1, 1, 1])
    let zeros = Tensor(repeating: 0, shape: [1, channels, 1], type: .int64)
    indices = starts + Tensor(inner).reshaped([1, 1, -1]) + zeros
  }
}

/// The pattern of a window: two halves of opposite sign that fall off from their middles.
///
/// > Source: Andriushchenko et al., arXiv:1912.00049, algorithm 3 and equation 2.
private enum Bump {
  static func values(side: Int, isTransposed: Bool) -> [Float] {
    let upper = half(side / 2, side)
    let lower = half(side - side / 2, side).map { -$0 }
    let rows = upper + lower
    let length = rows.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let unit = length > 0 ? rows.map { $0 / length } : rows
    guard isTransposed else { return unit }
    return (0..<side * side).map { unit[$0 % side * side + $0 / side] }
  }

  private static func half(_ height: Int, _ width: Int) -> [Float] {
    guard height > 0 else { return [] }
    var values = [Float](repeating: 0, count: height * width)
    let (middleRow, middleColumn) = (height / 2, width / 2)
    for ring in 0...max(middleRow, middleColumn) {
      let weight = 1 / Float((ring + 1) * (ring + 1))
      for row in max(0, middleRow - ring)...min(height - 1, middleRow + ring) {
        for column in max(0, middleColumn - ring)...min(width - 1, middleColumn + ring) {
          values[row * width + column] += weight
        }
      }
    }
    let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return values.map { $0 / length }
  }
}
