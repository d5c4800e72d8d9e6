// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// The ranks that a factorised layer keeps; nil where a side stays whole.
struct Ranks: Hashable, Sendable {
  /// Of the outputs.
  var output: Int?
  /// Of the inputs.
  var input: Int?

  /// A layer that is not factorised.
  static let whole = Ranks()
}

/// What a layer loses and saves at each of its ranks.
struct RankCurve: Sendable {
  /// One choice of ranks.
  struct Point: Sendable {
    let ranks: Ranks
    /// The weights of all factors.
    let count: Int
    /// How much of the layer's energy is lost: minus the logarithm of the share that is kept.
    ///
    /// What is kept of a signal is the product over its layers. A sum of lost shares would give up a
    /// whole layer to keep another one.
    let loss: Double
  }

  /// Choices of which none is worse than another in both count and loss: more weights, less loss.
  let points: [Point]
  /// Those of the points that a straight line between two others does not undercut.
  let hull: [Point]

  /// The most ranks of one side that are looked at.
  private static let most = 128

  /// Tries the ranks of a layer.
  ///
  /// - Parameters:
  ///   - outputs: The energy of each direction of the outputs, most first.
  ///   - inputs: The energy of each direction of the inputs; nil where inputs stay whole.
  ///   - width: The number of inputs.
  ///   - area: The positions of a kernel.
  init(outputs: [Double], inputs: [Double]?, width: Int, area: Int) {
    let dense = outputs.count * width * area
    let outputTails = Self.tails(outputs)
    let inputTails = inputs.map(Self.tails) ?? []
    let inputChoices = [nil] + Self.choices(inputs?.count ?? 0).map(Optional.some)
    var all = [Point(ranks: .whole, count: dense, loss: 0)]
    for output in [nil] + Self.choices(outputs.count).map(Optional.some) {
      for input in inputChoices {
        let core = (output ?? outputs.count) * (input ?? width) * area
        let count = core + (output ?? 0) * outputs.count + (input ?? 0) * width
        guard count < dense else { continue }
        let loss = (output.map { outputTails[$0] } ?? 0) + (input.map { inputTails[$0] } ?? 0)
        all.append(Point(ranks: Ranks(output: output, input: input), count: count, loss: loss))
      }
    }
    points = Self.undominated(all)
    hull = Self.lowerHull(points)
  }

  /// The fewest weights of a layer: at rank one, or whole where that has fewer.
  static func leastCount(outputs: Int, inputs: Int, area: Int, cutsInputs: Bool) -> Int {
    let dense = outputs * inputs * area
    let matrix = outputs + inputs * area
    let kernel = cutsInputs && area > 1 ? outputs + inputs + area : matrix
    let oneSided = cutsInputs && area > 1 ? inputs + outputs * area : matrix
    return min(dense, matrix, kernel, oneSided)
  }

  /// The loss by what lies behind the first r directions, for r from 0.
  private static func tails(_ energies: [Double]) -> [Double] {
    let total = energies.reduce(0, +)
    var left = total
    return [total > 0 ? .infinity : 0]
      + energies.map { energy in
        left -= energy
        return total > 0 ? -log1p(-min(max(0, left / total), 1)) : 0
      }
  }

  private static func choices(_ count: Int) -> [Int] {
    let step = max(1, (count + most - 1) / most)
    return Array(stride(from: 1, through: count, by: step))
  }

  private static func undominated(_ all: [Point]) -> [Point] {
    var kept: [Point] = []
    for point in all.sorted(by: { ($0.count, $0.loss) < ($1.count, $1.loss) })
    where kept.last.map({ point.loss < $0.loss }) ?? true {
      kept.append(point)
    }
    return kept
  }

  private static func lowerHull(_ points: [Point]) -> [Point] {
    var hull: [Point] = []
    for point in points {
      while hull.count >= 2, !isConvex(hull[hull.count - 2], hull[hull.count - 1], point) {
        hull.removeLast()
      }
      hull.append(point)
    }
    return hull
  }

  private static func isConvex(_ first: Point, _ middle: Point, _ last: Point) -> Bool {
    (first.loss - middle.loss) * Double(last.count - middle.count)
      > (middle.loss - last.loss) * Double(middle.count - first.count)
  }

  /// Chooses a point of each curve, so that all together have at most `budget` weights.
  ///
  /// Goes down the curves, always where the least energy is lost for each weight that is saved; what
  /// room is left in the end goes to the layer that gains most by it.
  ///
  /// - Returns: The points, or nil where even the least ranks are too many.
  static func points(of curves: [RankCurve], budget: Int) -> [Point]? {
    var position = curves.map { $0.hull.count - 1 }
    var count = curves.reduce(0) { $0 + ($1.hull.last?.count ?? 0) }
    while count > budget {
      let steps = curves.indices.filter { position[$0] > 0 }
      guard let next = steps.min(by: { slope($0) < slope($1) }) else { return nil }
      count -= curves[next].hull[position[next]].count
      position[next] -= 1
      count += curves[next].hull[position[next]].count
    }
    func slope(_ index: Int) -> Double {
      let (from, to) = (
        curves[index].hull[position[index]], curves[index].hull[position[index] - 1]
      )
      return (to.loss - from.loss) / Double(from.count - to.count)
    }
    return filling(zip(curves, position).map { $0.hull[$1] }, of: curves, room: budget - count)
  }

  private static func filling(
    _ chosen: [Point], of curves: [RankCurve], room: Int
  ) -> [Point] {
    var (chosen, room) = (chosen, room)
    while true {
      let better = curves.indices.compactMap { index -> (index: Int, point: Point)? in
        let limit = chosen[index].count + room
        guard let best = curves[index].points.last(where: { $0.count <= limit }),
          best.loss < chosen[index].loss
        else { return nil }
        return (index, best)
      }
      func gain(_ item: (index: Int, point: Point)) -> Double {
        chosen[item.index].loss - item.point.loss
      }
      guard let most = better.max(by: { gain($0) < gain($1) }) else { return chosen }
      room -= most.point.count - chosen[most.index].count
      chosen[most.index] = most.point
    }
  }
}
