// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import Torch

/// What attacks on labels alone share: a query budget for each example and the nearest adversarial
/// input that was seen.
///
/// Examples spend at their own pace. One whose budget is spent, its own or the victim's, gets no
/// further answers, and the others go on.
struct DecisionSearch {
  /// Starts that are tried beside the first one, and what of the queries they may take.
  private static let mostPatches = 40
  private static let patchShare = 0.05
  private static let patchHalvings = 10

  private let batch: Batch
  private let norm: Norm
  private let budget: Int
  private let enough: Double?
  private let victim: any LabelVictim
  private let labels: [Int]
  private var left: [Int]
  /// The nearest adversarial input of each row; the input itself where none was seen.
  private(set) var nearest: Tensor
  /// Its distance; infinity where none was seen.
  private(set) var distances: [Double]

  init(
    _ batch: Batch, _ norm: Norm, enough: Double?, queries: Int, _ victim: any LabelVictim
  ) {
    self.batch = batch
    self.norm = norm
    self.enough = enough
    self.victim = victim
    budget = queries
    labels = batch.labels.elements(of: Int.self)
    left = Array(repeating: queries, count: batch.count)
    nearest = batch.inputs.copy
    distances = Array(repeating: .infinity, count: batch.count)
  }

  /// Queries that a row may still ask.
  func queriesLeft(_ row: Int) -> Int { left[row] }

  /// Whether a row may go on: it is not near enough, and can pay for some queries.
  func isOpen(_ row: Int, for queries: Int = 1) -> Bool {
    left[row] >= queries && distances[row] > (enough ?? 0)
  }

  /// Which inputs the victim misclassifies; the nearest ones are remembered.
  ///
  /// - Parameters:
  ///   - inputs: One for each row.
  ///   - rows: Rows of the batch; one may stand several times.
  /// - Returns: False also where the budget allowed no question.
  /// - Throws: What the model throws.
  mutating func isAdversarial(_ inputs: Tensor, rows: [Int]) throws -> [Bool] {
    var answers = Array(repeating: false, count: rows.count)
    var (positions, left) = ([Int](), left)
    for (position, row) in rows.enumerated() where left[row] > 0 {
      left[row] -= 1
      positions.append(position)
    }
    guard !positions.isEmpty else { return answers }
    let everyone = positions.count == rows.count
    let asked = everyone ? inputs : inputs.rows(positions)
    let predictions = try predictions(of: asked, rows: positions.map { rows[$0] })
    for (position, prediction) in zip(positions, predictions) {
      answers[position] = prediction.map { $0 != labels[rows[position]] } ?? false
    }
    remember(inputs, rows, answers)
    return answers
  }

  /// Predicted classes; nil for rows that the victim refuses to answer any more.
  private mutating func predictions(of inputs: Tensor, rows: [Int]) throws -> [Int?] {
    if let answers = try answers(to: inputs, rows: rows) { return answers }
    // Someone's budget is spent, and nobody was answered: each row asks for itself.
    var answers = [Int?](repeating: nil, count: rows.count)
    for row in Set(rows).sorted() {
      let own = rows.indices.filter { rows[$0] == row }
      if let some = try self.answers(to: inputs.rows(own), rows: own.map { rows[$0] }) {
        for (position, answer) in zip(own, some) { answers[position] = answer }
      } else {
        left[row] = 0
      }
    }
    return answers
  }

  private mutating func answers(to inputs: Tensor, rows: [Int]) throws -> [Int?]? {
    do {
      let answers = try victim.predictions(of: inputs, rows: rows).elements(of: Int.self)
      for row in rows { left[row] -= 1 }
      return answers
    } catch let error as AttackError where error.code == .budgetSpent {
      return nil
    }
  }

  private mutating func remember(_ inputs: Tensor, _ rows: [Int], _ answers: [Bool]) {
    let found = answers.indices.filter { answers[$0] }
    guard !found.isEmpty else { return }
    let lengths = norm.distances(
      of: inputs.rows(found), from: batch.inputs.rows(found.map { rows[$0] })
    ).elements(of: Double.self)
    var best: [Int: Int] = [:]
    for (position, length) in zip(found, lengths) where length < distances[rows[position]] {
      distances[rows[position]] = length
      best[rows[position]] = position
    }
    guard !best.isEmpty else { return }
    let improved = best.keys.sorted()
    nearest = nearest.replacing(improved, with: inputs.rows(improved.compactMap { best[$0] }))
  }

  /// Looks for any adversarial input, the clean one, then noise, ever coarser; and then for nearer ones.
  ///
  /// - Note: Beyond the published uniform noise for every value, later draws use one value for whole
  ///   blocks, as many models call all fine noise by one class, whose examples would never start.
  /// - Parameters:
  ///   - random: Split by example and draw.
  ///   - draws: How many for each example.
  /// - Throws: What the model throws.
  mutating func start(_ random: RandomKey, draws: Int) throws {
    let everyone = Array(0..<batch.count)
    for (row, isWrong) in zip(everyone, try isAdversarial(batch.inputs, rows: everyone))
    where isWrong { left[row] = 0 }
    for draw in 0..<draws {
      let rows = everyone.filter { distances[$0] == .infinity && left[$0] > 0 }
      guard !rows.isEmpty else { break }
      let keys = rows.map { random.split(example: batch.indices[$0]).split(restart: draw) }
      _ = try isAdversarial(noise(keys, block: 1 << (draw / 4 % 5)), rows: rows)
    }
    try improve(random.split("patches"))
  }

  /// Looks for other starts: the input with a part of it replaced by noise, as far as the boundary.
  ///
  /// Where a walk begins decides at which part of the boundary it ends, and nothing that follows leaves
  /// that part. A patch is nearer than noise everywhere, and looks more like another class.
  private mutating func improve(_ random: RandomKey) throws {
    let cost = Self.patchHalvings + 1
    for patch in 0..<Self.mostPatches {
      let rows = (0..<batch.count).filter {
        let isWorthIt = Double((patch + 1) * cost) <= Self.patchShare * Double(budget)
        return isWorthIt && distances[$0] < .infinity && isOpen($0, for: cost)
      }
      guard !rows.isEmpty else { return }
      let keys = rows.map { random.split(example: batch.indices[$0]).split(restart: patch) }
      let inputs = batch.inputs.rows(rows)
      let mask = patches(keys.map { $0.split("place") })
      let patched = inputs + (noise(keys, block: 1 << (patch % 5)) - inputs) * mask
      let answers = try isAdversarial(patched, rows: rows)
      let found = answers.indices.filter { answers[$0] }
      guard !found.isEmpty else { continue }
      _ = try boundary(
        from: patched.rows(found), rows: found.map { rows[$0] }, halvings: Self.patchHalvings,
        along: norm)
    }
  }

  /// One rectangle for each key, ones within and zeros outside: `[N, 1, H, W]`.
  private func patches(_ keys: [RandomKey]) -> Tensor {
    let shape = batch.inputs.shape
    let sides = [shape[shape.count - 2], shape[shape.count - 1]]
    var intervals = sides.map { _ in [Float]() }
    for key in keys {
      let stream = key.stream()
      for (axis, side) in sides.enumerated() {
        let length = 1 + stream.integer(below: side)
        let first = stream.integer(below: side - length + 1)
        intervals[axis] += (0..<side).map { (first..<first + length).contains($0) ? 1 : 0 }
      }
    }
    return Tensor(intervals[0], shape: [keys.count, 1, sides[0], 1])
      * Tensor(intervals[1], shape: [keys.count, 1, 1, sides[1]])
  }

  private func noise(_ keys: [RandomKey], block: Int) -> Tensor {
    let shape = Array(batch.inputs.shape.dropFirst())
    let (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
    let across = (width + block - 1) / block
    let blocks = (height + block - 1) / block * across
    let planes = shape.dropLast(2).reduce(1, *)
    let size = planes * blocks
    let values = Tensor(shape: [keys.count, planes, blocks]) {
      (values: UnsafeMutableBufferPointer<Float>) in
      for (row, key) in keys.enumerated() {
        key.stream().fillUniform(
          UnsafeMutableBufferPointer(rebasing: values[row * size..<(row + 1) * size]),
          low: Float(victim.inputRange.lowerBound), high: Float(victim.inputRange.upperBound))
      }
    }
    let places = (0..<height * width).map { $0 / width / block * across + $0 % width / block }
    return values.rows(Tensor(places), along: 2).reshaped([keys.count] + shape)
  }

  /// Halves the way between the inputs and adversarial points, as far as the boundary.
  ///
  /// - Parameters:
  ///   - points: Adversarial, one for each row.
  ///   - rows: Rows of the batch, each once.
  ///   - halvings: Queries of each row.
  ///   - norm: Whose balls are crossed: a straight line for `l2`, shrinking cubes for `linf`.
  /// - Returns: The adversarial end of the last interval.
  /// - Throws: What the model throws.
  mutating func boundary(
    from points: Tensor, rows: [Int], halvings: Int, along norm: Norm
  ) throws -> Tensor {
    let center = batch.inputs.rows(rows)
    let change = points - center
    let radius = change.flattenedExamples.absolute.largest(along: [1]).perExample(of: points)
    var low = Array(repeating: Float(0), count: rows.count)
    var high = Array(repeating: Float(1), count: rows.count)
    var nearest = points
    for _ in 0..<halvings {
      let middle = zip(low, high).map { ($0 + $1) / 2 }
      let share = Tensor(middle).perExample(of: points)
      let limit = radius * share
      let step = norm == .linf ? change.maximum(-limit).minimum(limit) : change * share
      let inputs = (center + step).clamped(to: victim.inputRange)
      let answers = try isAdversarial(inputs, rows: rows)
      for (position, answer) in answers.enumerated() {
        if answer { high[position] = middle[position] } else { low[position] = middle[position] }
      }
      nearest = Tensor(answers).perExample(of: points).select(inputs, else: nearest)
    }
    return nearest
  }
}
