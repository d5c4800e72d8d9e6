// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import Torch

/// The windows and patterns of ``SquareAttack`` for the active examples.
struct SquareProposal: Proposals {
  private var ball: Ball
  private var keys: [RandomKey]
  /// For linf: the highest and lowest inputs of the ball.
  private var high: Tensor
  private var low: Tensor
  private let channels: Int
  private let height: Int
  private let width: Int
  private let rowNumbers: Tensor
  private let columnNumbers: Tensor

  init(ball: Ball, keys: [RandomKey]) {
    self.ball = ball
    self.keys = keys
    let shape = ball.center.shape
    (channels, height, width) = (shape[1], shape[2], shape[3])
    rowNumbers = Tensor((0..<height).map(Float.init), shape: [1, 1, height, 1])
    columnNumbers = Tensor((0..<width).map(Float.init), shape: [1, 1, 1, width])
    let isCube = ball.norm == .linf
    high = isCube ? ball.projected(ball.center + ball.epsilon) : ball.center
    low = isCube ? ball.projected(ball.center - ball.epsilon) : ball.center
  }

  mutating func take(_ isBetter: [Bool]) {}

  mutating func keep(_ positions: [Int]) {
    let rows = Tensor(positions)
    ball = ball.rows(positions)
    keys = positions.map { keys[$0] }
    high = high.rows(rows)
    low = low.rows(rows)
  }

  /// Vertical stripes for linf; a grid of patterns otherwise.
  func start() -> Tensor {
    let streams = keys.map { $0.split("start").stream() }
    if ball.norm == .linf {
      let signs = signs(streams, shape: [channels, 1, width])
      return (signs .> 0).select(high, else: low)
    }
    let side = max(min(height, width) / 5, 1)
    let (down, across) = (height / side, width / side)
    let tiles = down * across
    // A last tile without a pattern is where the margins of the image point.
    let signs = Tensor.concatenated(
      [
        self.signs(streams, shape: [channels, tiles]),
        Tensor(repeating: 0, shape: [keys.count, channels, 1]),
      ], along: 2)
    let (top, left) = ((height - side * down) / 2, (width - side * across) / 2)
    var (tile, place) = ([Int](), [Int]())
    for row in 0..<height {
      for column in 0..<width {
        let (y, x) = (row - top, column - left)
        let isInside = y >= 0 && x >= 0 && y < side * down && x < side * across
        tile.append(isInside ? y / side * across + x / side : tiles)
        place.append(isInside ? y % side * side + x % side : 0)
      }
    }
    let pattern = Tensor(SquarePattern.values(side: side, norm: ball.norm)).rows(place)
    let change = signs.rows(Tensor(tile), along: 2) * pattern
    return projected(change.reshaped(ball.center.shape), stretching: true)
  }

  /// One square for each example, of about the given side.
  func next(from best: Tensor, side: Double, step: Int) -> Tensor {
    let streams = keys.map { $0.split(step).stream() }
    let largest = min(height, width)
    if ball.norm == .linf {
      let window = window(streams, side: min(max(Int(side.rounded()), 1), largest)).mask
      return flat(window, signs(streams, shape: [channels, 1, 1]), best)
    }
    let odd = max(Int(side.rounded()), 3) | 1
    return bump(streams, side: odd <= largest ? odd : largest - (largest + 1) % 2, best)
  }

  /// One sign for a channel of the square.
  private func flat(_ window: Tensor, _ signs: Tensor, _ best: Tensor) -> Tensor {
    func painted(_ signs: Tensor) -> Tensor {
      window.select((signs .> 0).select(high, else: low), else: best)
    }
    let first = painted(signs)
    let isSame = (first - best).absolute.largest(along: [1, 2, 3], keeping: true) .== 0
    guard isSame.nonZeroCount > 0 else { return first }
    return isSame.select(painted(-signs), else: first)
  }

  /// Moves what another window holds, and what is unused, into a pattern with two signs.
  private func bump(_ streams: [RandomStream], side: Int, _ best: Tensor) -> Tensor {
    let change = best - ball.center
    let target = window(streams, side: side)
    let source = window(streams, side: side).mask
    let signs = signs(streams, shape: [channels, 1, 1])
    let inTarget = target.mask.cast(to: .float32)
    let outside = target.mask.or(source).not.cast(to: .float32)
    let old = unit(change * inTarget)
    let fresh = unit(pattern(target, side, streams) * signs + old)
    let unused = (mass(change, [1, 2, 3]) * -1 + budget).relu / Double(channels)
    let available = unused + mass(change - change * outside, [2, 3])
    let length = ball.norm == .l2 ? available.squareRoot : available
    return projected(change * outside + fresh * length, stretching: ball.norm == .l2)
  }

  /// What the masses of a perturbation may sum to.
  private var budget: Double { ball.norm == .l2 ? ball.epsilon * ball.epsilon : ball.epsilon }

  private func mass(_ values: Tensor, _ dimensions: [Int]) -> Tensor {
    (ball.norm == .l2 ? values * values : values.absolute).sum(along: dimensions, keeping: true)
  }

  private func unit(_ values: Tensor) -> Tensor {
    values / (values.norm(ball.norm == .l2 ? 2 : 1, along: [2, 3], keeping: true) + 1e-12)
  }

  private func projected(_ change: Tensor, stretching: Bool) -> Tensor {
    guard stretching else { return ball.projected(ball.center + change) }
    let order: Double = ball.norm == .l2 ? 2 : 1
    let length = change.flattenedExamples.norm(order, along: [1]).reshaped([-1, 1, 1, 1])
    return ball.projected(ball.center + change / (length + 1e-12) * ball.epsilon)
  }

  /// A window of each example: its corner, and where it lies.
  private typealias Window = (top: Tensor, left: Tensor, mask: Tensor)

  private func window(_ streams: [RandomStream], side: Int) -> Window {
    let corners = streams.map {
      (Float($0.integer(below: height - side + 1)), Float($0.integer(below: width - side + 1)))
    }
    let top = Tensor(corners.map(\.0), shape: [keys.count, 1, 1, 1])
    let left = Tensor(corners.map(\.1), shape: [keys.count, 1, 1, 1])
    let rows = (rowNumbers .>= top).and(rowNumbers .< (top + Double(side)))
    let columns = (columnNumbers .>= left).and(columnNumbers .< (left + Double(side)))
    return (top, left, rows.and(columns))
  }

  /// The pattern of two signs in its window, lying or standing at random, zero elsewhere.
  private func pattern(_ window: Window, _ side: Int, _ streams: [RandomStream]) -> Tensor {
    let isTurned = Tensor(streams.map { $0.bits() >> 31 == 1 }, shape: [keys.count, 1, 1, 1])
    let (down, across) = (rowNumbers - window.top, columnNumbers - window.left)
    let place = isTurned.select(across * Double(side) + down, else: down * Double(side) + across)
    let nowhere = Tensor(repeating: Double(side * side), shape: [])
    let indices = window.mask.select(place, else: nowhere).cast(to: .int64)
    let table = Tensor(SquarePattern.values(side: side, norm: ball.norm) + [0])
    return table.rows(indices.reshaped([-1])).reshaped(indices.shape)
  }

  private func signs(_ streams: [RandomStream], shape: [Int]) -> Tensor {
    let size = shape.reduce(1, *)
    return Tensor(shape: [keys.count] + shape) { (values: UnsafeMutableBufferPointer<Float>) in
      for (row, stream) in streams.enumerated() {
        stream.fillSigns(
          UnsafeMutableBufferPointer(rebasing: values[row * size..<(row + 1) * size]))
      }
    }
  }
}
