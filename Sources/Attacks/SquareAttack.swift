// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// Random search with square patches on the logits alone.
///
/// Every query replaces the perturbation inside a square window, whose size falls along a schedule,
/// and keeps the change where the margin of the label shrinks. Each example draws its own windows,
/// and every row and column can be reached.
///
/// - Note: For `linf`, a square that would change nothing takes the other sign, so that no query is
///   lost. The schedule also halves at 500, as the authors' code does and the paper's list does not.
///
/// > Source: Andriushchenko et al. "Square Attack: a query-efficient black-box adversarial attack via
/// > random search." ECCV 2020, [arXiv:1912.00049](https://arxiv.org/abs/1912.00049), algorithms 1
/// > to 3; for l1 Croce and Hein. "Mind the box: l1-APGD for sparse adversarial attacks on image
/// > classifiers." ICML 2021, [arXiv:2103.01208](https://arxiv.org/abs/2103.01208), section 5.
public struct SquareAttack: ScoreAttack {
  /// Queries of each restart for an example that holds.
  public var queries: Int
  /// Independent starts.
  public var restarts: Int
  /// The share of the image that the first squares cover.
  public var initialShare: Double
  /// How many times its latest gain an example is trusted to gain before it is given up; zero for never.
  public var patience: Double

  /// Creates the attack.
  public init(
    queries: Int = 5000, restarts: Int = 1, initialShare: Double = 0.8, patience: Double = 0
  ) {
    self.queries = queries
    self.restarts = restarts
    self.initialShare = initialShare
    self.patience = patience
  }

  /// Searches for adversarial inputs.
  ///
  /// - Complexity: `restarts × queries` forward passes.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any ScoreVictim,
    random: RandomKey
  ) throws -> Tensor {
    try perturb(batch, within: threat, against: victim, random: random, from: nil)
  }

  /// The same from other first inputs than the published ones, one for each example and in its ball.
  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any ScoreVictim,
    random: RandomKey, from start: Tensor?
  ) throws -> Tensor {
    precondition(threat.norm != .l0, "checked before the run")
    precondition(batch.inputs.rank == 4, "squares need images, not \(batch.inputs.shape)")
    let ball = Ball(threat, around: batch.inputs, inputRange: victim.inputRange)
    var search = Search(batch)
    try untilBudgetEnds {
      for restart in 0..<restarts where !search.active.isEmpty {
        try climb(ball, batch, victim, random, restart, start, &search)
      }
    }
    return search.inputs
  }

  private func climb(
    _ ball: Ball, _ batch: Batch, _ victim: any ScoreVictim, _ random: RandomKey, _ restart: Int,
    _ given: Tensor?, _ search: inout Search
  ) throws {
    let keys = search.active.map {
      random.split(example: batch.indices[$0]).split(restart: restart)
    }
    let shape = batch.inputs.shape
    let squares = SquareProposal(ball: ball.rows(search.active), keys: keys)
    let start = given?.rows(search.active) ?? squares.start()
    var climb = ScoreClimb(
      squares, labels: search.activeLabels, first: start,
      pace: Pace(patience: patience, queries: queries))
    try climb.ask(start, victim, &search)
    for step in 0..<max(queries - 1, 0) where !search.active.isEmpty {
      let share = Self.share(step: step, of: queries, initial: initialShare)
      let side = (share * Double(shape[2] * shape[3])).squareRoot()
      try climb.ask(
        climb.proposals.next(from: climb.best, side: side, step: step), victim, &search)
    }
    search.settle(climb.best)
  }

  /// The steps, out of ten thousand, after which the share of the image is halved.
  private static let halvings = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000]

  /// The share of the image that a square covers, on the published schedule scaled to the budget.
  static func share(step: Int, of queries: Int, initial: Double) -> Double {
    let scaled = step * 10_000 / queries
    return halvings.reduce(initial) { scaled > $1 ? $0 / 2 : $0 }
  }
}

extension AttackMember {
  /// Random search with squares.
  static let square = AttackMember(
    CatalogEntry(
      name: "square", summary: "random search with square patches, on the logits alone",
      citation: "Andriushchenko et al., ECCV 2020, arXiv:1912.00049", knowledge: .scores,
      parameters: [
        ParameterSchema(
          "queries", .integer(1...10_000_000), default: .integer(5000),
          summary: "queries of each restart"),
        .restarts,
        ParameterSchema(
          "p-init", .real(1e-6...1), default: .real(0.8),
          summary: "share of the image that the first squares cover"),
        ParameterSchema(
          "patience", .real(0...1_000), default: .real(0),
          summary:
            "how many times its latest gain each doubling of the queries is trusted to bring;"
            + " an example that would not fall is given up; 0 for never"),
      ]),
    norms: [.linf, .l2, .l1]
  ) { values in
    .score(
      SquareAttack(
        queries: values.integer("queries"), restarts: values.integer("restarts"),
        initialShare: values.real("p-init"), patience: values.real("patience")))
  }
}
