// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// Walks along the decision boundary towards the input, with predicted classes alone.
///
/// Each round estimates the boundary's normal from the classes of points around it, jumps along it
/// by a step that is halved until the class is wrong, and halves the way back to the boundary.
///
/// - Note: A round whose estimate the remaining queries cannot pay asks fewer points, and an example
///   ends where it can pay for no round at all. Steps are halved at most 15 times.
///
/// > Source: Chen et al. "HopSkipJumpAttack: A Query-Efficient Decision-Based Attack." IEEE S&P 2020,
/// > [arXiv:1904.02144](https://arxiv.org/abs/1904.02144), algorithms 1 and 2 and section IV.
public struct HopSkipJump: NearestLabelAttack {
  /// The most queries for one example.
  public var queries: Int
  /// Points of the first estimate; the t-th asks the square root of t times as many, in tens.
  public var firstSamples: Int

  private static let draws = 100
  private static let blendings = 10
  private static let mostHalvings = 15
  /// Points asked in one call; a constant, so that no neighbour changes the order of a sum.
  private static let chunk = 10

  /// Creates the attack.
  public init(queries: Int = 10_000, firstSamples: Int = 100) {
    self.queries = queries
    self.firstSamples = firstSamples
  }

  /// Searches for the nearest adversarial inputs.
  ///
  /// - Complexity: At most `queries` forward passes; 101 where no noise is adversarial.
  public func nearest(
    _ batch: Batch, in norm: Norm, enough: Double?, against victim: any LabelVictim,
    random: RandomKey
  ) throws -> Tensor {
    precondition(norm == .linf || norm == .l2, "checked before the run")
    var search = DecisionSearch(batch, norm, enough: enough, queries: queries, victim)
    try search.start(random.split("start"), draws: Self.draws)
    let size = batch.inputs.count / max(batch.count, 1)
    let walk = Walk(norm: norm, size: size, inputRange: victim.inputRange, batch: batch)
    var rows = (0..<batch.count).filter { search.distances[$0] < .infinity && search.isOpen($0) }
    guard !rows.isEmpty else { return search.nearest }
    var points = try search.boundary(
      from: search.nearest.rows(rows), rows: rows, halvings: Self.blendings, along: .l2)
    points = try search.boundary(from: points, rows: rows, halvings: walk.halvings, along: norm)
    var round = 1
    while true {
      let open = rows.indices.filter {
        search.isOpen(rows[$0], for: walk.reserve + Self.chunk)
      }
      guard !open.isEmpty else { return search.nearest }
      rows = open.map { rows[$0] }
      points = try step(round, from: points.rows(open), rows, random, walk, &search)
      round += 1
    }
  }

  /// One round: the boundary's normal, a jump along it, and the way back to the boundary.
  private func step(
    _ round: Int, from points: Tensor, _ rows: [Int], _ random: RandomKey, _ walk: Walk,
    _ search: inout DecisionSearch
  ) throws -> Tensor {
    let distances = walk.norm.distances(of: points, from: walk.batch.inputs.rows(rows))
    let wanted = Int(Double(firstSamples) * Double(round).squareRoot())
    let chunks = rows.map { row in
      max(min(wanted, search.queriesLeft(row) - walk.reserve) / Self.chunk, 1)
    }
    let width = walk.inputRange.upperBound - walk.inputRange.lowerBound
    let radius = round == 1 ? distances * 0 + 0.1 * width : distances / Double(walk.size)
    let keys = rows.map { random.split(example: walk.batch.indices[$0]).split(round) }
    let normal = try estimate(
      at: points, radius: radius.cast(to: .float32), rows, chunks: chunks, keys, walk, &search)
    let jumped = try jump(
      from: points, along: normal, rows,
      first: (distances / Double(round).squareRoot()).cast(to: .float32), walk, &search)
    return try search.boundary(
      from: jumped, rows: rows, halvings: walk.halvings, along: walk.norm)
  }

  /// Constants of a walk in one norm.
  private struct Walk {
    let norm: Norm
    let size: Int
    let inputRange: ClosedRange<Double>
    let batch: Batch

    /// The published accuracy of the search for the boundary, as a share of the distance.
    private var accuracy: Double {
      1 / (norm == .l2 ? Double(size) * Double(size).squareRoot() : Double(size) * Double(size))
    }
    /// Halvings that reach it; single precision tells no more than 22 apart.
    var halvings: Int {
      var (halvings, reached) = (1, 0.5)
      while reached > accuracy && halvings < 22 {
        (halvings, reached) = (halvings + 1, reached / 2)
      }
      return halvings
    }
    /// Queries kept back for what follows an estimate.
    var reserve: Int { halvings + 5 }
  }

  /// The direction in which the class turns wrong, estimated around each point.
  private func estimate(
    at points: Tensor, radius: Tensor, _ rows: [Int], chunks: [Int], _ keys: [RandomKey],
    _ walk: Walk, _ search: inout DecisionSearch
  ) throws -> Tensor {
    let flat = points.flattenedExamples
    var (moves, weighted) = (flat * 0, flat * 0)
    var votes = Array(repeating: Float(0), count: rows.count)
    for chunk in 0..<(chunks.max() ?? 0) {
      let positions = rows.indices.filter { chunks[$0] > chunk }
      let (move, signs) = try ask(
        around: flat.rows(positions), radius: radius.rows(positions), positions.map { rows[$0] },
        positions.map { keys[$0].split(chunk) }, walk, &search)
      for (index, position) in positions.enumerated() {
        votes[position] += signs[index * Self.chunk..<(index + 1) * Self.chunk].reduce(0, +)
      }
      let vote = Tensor(signs, shape: [positions.count, Self.chunk, 1])
      moves = moves.replacing(positions, with: moves.rows(positions) + move.sum(along: [1]))
      weighted = weighted.replacing(
        positions, with: weighted.rows(positions) + (move * vote).sum(along: [1]))
    }
    let means = zip(votes, chunks).map { $0 / Float($1 * Self.chunk) }
    // Where all answers agree, their mean would cancel the direction.
    let offsets = Tensor(means.map { abs($0) == 1 ? 0 : $0 }, shape: [rows.count, 1])
    return (weighted - moves * offsets).reshaped(points.shape)
  }

  /// Moves a few random ways from each point, and whether each ends at a wrong class (1) or not (−1).
  private func ask(
    around flat: Tensor, radius: Tensor, _ rows: [Int], _ keys: [RandomKey], _ walk: Walk,
    _ search: inout DecisionSearch
  ) throws -> (moves: Tensor, signs: [Float]) {
    let center = flat.reshaped([rows.count, 1, walk.size])
    let reach = radius.reshaped([-1, 1, 1])
    let asked = (center + directions(keys, walk) * reach).clamped(to: walk.inputRange)
    let answers = try search.isAdversarial(
      asked.reshaped([rows.count * Self.chunk] + walk.batch.inputs.shape.dropFirst()),
      rows: rows.flatMap { Array(repeating: $0, count: Self.chunk) })
    // What was cut at an end of the range counts as it was asked.
    return ((asked - center) / reach, answers.map { $0 ? 1 : -1 })
  }

  /// Directions of unit length, normal in `l2` and uniform in the cube in `linf`.
  private func directions(_ keys: [RandomKey], _ walk: Walk) -> Tensor {
    let size = walk.size * Self.chunk
    let noise = Tensor(shape: [keys.count, Self.chunk, walk.size]) {
      (values: UnsafeMutableBufferPointer<Float>) in
      for (row, key) in keys.enumerated() {
        let part = UnsafeMutableBufferPointer(rebasing: values[row * size..<(row + 1) * size])
        if walk.norm == .l2 {
          key.stream().fillNormal(part)
        } else {
          key.stream().fillUniform(part, low: -1, high: 1)
        }
      }
    }
    return noise / noise.norm(2, along: [2], keeping: true).clamped(atLeast: 1e-12)
  }

  /// The first of ever shorter steps along the normal that leaves the class wrong.
  private func jump(
    from points: Tensor, along normal: Tensor, _ rows: [Int], first: Tensor, _ walk: Walk,
    _ search: inout DecisionSearch
  ) throws -> Tensor {
    let flat = normal.flattenedExamples
    let direction =
      walk.norm == .l2
      ? (flat / flat.norm(2, along: [1], keeping: true).clamped(atLeast: 1e-12))
        .reshaped(points.shape)
      : normal.sign
    var (result, step) = (points, first.perExample(of: points))
    var open = Array(rows.indices)
    for _ in 0...Self.mostHalvings where !open.isEmpty {
      let inputs = (points.rows(open) + direction.rows(open) * step.rows(open))
        .clamped(to: walk.inputRange)
      let answers = try search.isAdversarial(inputs, rows: open.map { rows[$0] })
      let found = answers.indices.filter { answers[$0] }
      if !found.isEmpty {
        result = result.replacing(found.map { open[$0] }, with: inputs.rows(found))
      }
      open = answers.indices.filter { !answers[$0] }.map { open[$0] }
      step = step * 0.5
    }
    return result
  }
}

extension AttackMember {
  /// Estimated normals of the decision boundary.
  static let hopSkipJump = AttackMember(
    CatalogEntry(
      name: "hop-skip-jump", summary: "walk along the decision boundary by labels alone",
      citation: "Chen et al., IEEE S&P 2020, arXiv:1904.02144", knowledge: .label,
      parameters: [
        ParameterSchema(
          "queries", .integer(1...10_000_000), default: .integer(10_000),
          summary: "the most queries for one example"),
        ParameterSchema(
          "samples", .integer(10...100_000), default: .integer(100),
          summary: "points of the first estimate; later ones grow with the root of the round"),
      ]),
    norms: [.linf, .l2], reach: .nearest
  ) { values in
    .nearestByLabel(
      HopSkipJump(
        queries: values.integer("queries"), firstSamples: values.integer("samples")))
  }
}
