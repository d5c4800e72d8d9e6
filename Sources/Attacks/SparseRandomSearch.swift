// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// Random search over which few values to change, and to which end of the input range.
///
/// Epsilon counts input values, as the norm `l0` does everywhere here: the form that the paper calls
/// feature space. For images of one channel that is the number of pixels.
///
/// Every query gives up some of the changed values for others; the share falls along a schedule.
///
/// - Note: Values given up may be drawn again, with another end. That lets one whose end is wrong be
///   mended in one query, and works where epsilon reaches the number of values.
///
/// > Source: Croce et al. "Sparse-RS: a Versatile Framework for Query-Efficient Sparse Black-Box
/// > Adversarial Attacks." AAAI 2022, [arXiv:2006.12834](https://arxiv.org/abs/2006.12834),
/// > algorithms 1 and 2; the schedule of the authors' code.
public struct SparseRandomSearch: ScoreAttack {
  /// Queries of each restart for an example that holds.
  public var queries: Int
  /// Independent starts.
  public var restarts: Int
  /// The share of the changed values that the first queries replace.
  public var initialShare: Double

  /// Creates the attack.
  public init(queries: Int = 5000, restarts: Int = 1, initialShare: Double = 0.3) {
    self.queries = queries
    self.restarts = restarts
    self.initialShare = initialShare
  }

  /// Searches for adversarial inputs.
  ///
  /// - Complexity: `restarts × queries` forward passes.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any ScoreVictim,
    random: RandomKey
  ) throws -> Tensor {
    precondition(threat.norm == .l0, "checked before the run")
    var search = Search(batch)
    try untilBudgetEnds {
      for restart in 0..<restarts where !search.active.isEmpty {
        let keys = search.active.map {
          random.split(example: batch.indices[$0]).split(restart: restart)
        }
        let choices = SparseChoices(
          center: batch.inputs.rows(search.active), keys: keys,
          changes: Int(min(threat.epsilon.value, Double(Int32.max))), range: victim.inputRange)
        try climb(choices, victim, &search)
      }
    }
    return search.inputs
  }

  private func climb(
    _ choices: SparseChoices, _ victim: any ScoreVictim, _ search: inout Search
  ) throws {
    var choices = choices
    let start = choices.start()
    var climb = ScoreClimb(
      choices, labels: search.activeLabels, first: start,
      pace: Pace(patience: 0, queries: queries))
    try climb.ask(start, victim, &search)
    for step in 1..<max(queries, 1) where !search.active.isEmpty {
      let share = Self.share(step: step, of: queries, initial: initialShare)
      try climb.ask(climb.proposals.next(share: share, step: step), victim, &search)
    }
    search.settle(climb.best)
  }

  /// The steps, out of ten thousand, after which the share is the initial one over a divisor.
  private static let schedule: [(after: Int, divisor: Double)] = [
    (0, 2), (50, 4), (200, 5), (500, 6), (1000, 8), (2000, 10), (4000, 12), (6000, 15), (8000, 20),
  ]

  /// The share of the changed values that a query replaces, scaled to the budget.
  static func share(step: Int, of queries: Int, initial: Double) -> Double {
    let scaled = step * 10_000 / queries
    return initial / (schedule.last { scaled > $0.after }?.divisor ?? 1)
  }
}

/// The changed values of each active example, and the proposals of others.
private struct SparseChoices: Proposals {
  private struct Change {
    var place: Int
    var value: Float
  }

  private var center: Tensor
  private var keys: [RandomKey]
  private let changes: Int
  private let size: Int
  private let ends: ClosedRange<Float>
  private var taken: [[Change]] = []
  private var proposed: [[Change]] = []

  init(center: Tensor, keys: [RandomKey], changes: Int, range: ClosedRange<Double>) {
    self.center = center
    self.keys = keys
    size = center.count / max(keys.count, 1)
    self.changes = min(changes, size)
    ends = Float(range.lowerBound)...Float(range.upperBound)
  }

  mutating func take(_ isBetter: [Bool]) {
    guard !taken.isEmpty else {
      taken = proposed
      return
    }
    for row in isBetter.indices where isBetter[row] { taken[row] = proposed[row] }
  }

  mutating func keep(_ positions: [Int]) {
    center = center.rows(positions)
    keys = positions.map { keys[$0] }
    taken = positions.map { taken[$0] }
  }

  mutating func start() -> Tensor {
    proposed = keys.map { key in
      let stream = key.split("start").stream()
      return stream.choose(changes, of: size).map { Change(place: $0, value: end(stream)) }
    }
    return inputs(proposed)
  }

  mutating func next(share: Double, step: Int) -> Tensor {
    let replaced = min(max(Int(share * Double(changes)), 1), changes)
    proposed = zip(taken, keys).map { changes, key in
      let stream = key.split(step).stream()
      var next = changes
      let given = stream.choose(replaced, of: changes.count)
      var used = Set(changes.map(\.place)).subtracting(given.map { changes[$0].place })
      for position in given {
        var place = stream.integer(below: size)
        while !used.insert(place).inserted { place = stream.integer(below: size) }
        next[position] = Change(place: place, value: end(stream))
      }
      return next
    }
    return inputs(proposed)
  }

  private func end(_ stream: RandomStream) -> Float {
    stream.bits() >> 31 == 0 ? ends.lowerBound : ends.upperBound
  }

  private func inputs(_ choices: [[Change]]) -> Tensor {
    guard changes > 0 else { return center }
    let places = Tensor(choices.flatMap { $0.map(\.place) }, shape: [choices.count, changes])
    let values = Tensor(choices.flatMap { $0.map(\.value) }, shape: [choices.count, changes])
    return center.flattenedExamples.scattering(values, at: places, along: 1)
      .reshaped(center.shape)
  }
}

extension AttackMember {
  /// Random search over few values.
  static let sparseRS = AttackMember(
    CatalogEntry(
      name: "sparse-rs", summary: "random search over which few values to change, on the logits",
      citation: "Croce et al., AAAI 2022, arXiv:2006.12834", knowledge: .scores,
      parameters: [
        ParameterSchema(
          "queries", .integer(1...10_000_000), default: .integer(5000),
          summary: "queries of each restart"),
        .restarts,
        ParameterSchema(
          "alpha-init", .real(1e-6...1), default: .real(0.3),
          summary: "share of the changed values that the first queries replace"),
      ]),
    norms: [.l0]
  ) { values in
    .score(
      SparseRandomSearch(
        queries: values.integer("queries"), restarts: values.integer("restarts"),
        initialShare: values.real("alpha-init")))
  }
}
