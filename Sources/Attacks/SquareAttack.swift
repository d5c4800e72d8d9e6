// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// Random search with square changes that get smaller (Square Attack), on scores alone.
///
/// Each example has a square and signs of its own in every query; the change stays where it raises
/// the margin loss.
///
/// > Source: Andriushchenko et al. "Square Attack: A Query-efficient Black-box Adversarial Attack via
/// > Random Search." ECCV 2020, [arXiv:1912.00049](https://arxiv.org/abs/1912.00049), algorithms 1 to
/// > 3; the schedule of sizes is section 5's.
public struct SquareAttack: ScoreAttack {
  /// Queries of each example and restart.
  public var queries: Int
  /// Independent starts.
  public var restarts: Int
  /// The share of an image's pixels that the first squares cover.
  public var firstShare: Double

  /// Creates the attack.
  public init(queries: Int = 5000, restarts: Int = 1, firstShare: Double = 0.8) {
    self.queries = queries
    self.restarts = restarts
    self.firstShare = firstShare
  }

  /// Searches for adversarial inputs.
  ///
  /// - Complexity: `restarts × queries` forward passes.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any ScoreVictim,
    random: RandomKey
  ) throws -> Tensor {
    precondition(threat.norm != .l0, "checked before the run")
    let ball = Ball(threat, around: batch.inputs, inputRange: victim.inputRange)
    var search = Search(batch)
    try untilBudgetEnds {
      for restart in 0..<restarts where !search.active.isEmpty {
        try run(restart, ball.rows(search.active), batch, victim, random, &search)
      }
    }
    return search.inputs
  }

  private func run(
    _ restart: Int, _ ball: Ball, _ batch: Batch, _ victim: any ScoreVictim,
    _ random: RandomKey, _ search: inout Search
  ) throws {
    var streams = search.active.map {
      random.split(example: batch.indices[$0]).split(restart: restart).stream()
    }
    var state = State(ball: ball, labels: search.activeLabels)
    for query in 0..<queries where !search.active.isEmpty {
      let inputs: Tensor
      if query == 0 {
        inputs = SquareProposal.start(in: ball, streams)
      } else {
        let share = Self.share(at: query, of: queries, first: firstShare)
        inputs = SquareProposal.change(of: state.best, in: state.ball, share: share, streams)
      }
      let logits = try victim.logits(of: inputs, rows: search.active)
      state.take(inputs, Loss.margin.values(logits: logits, labels: state.labels))
      if let kept = search.record(inputs, logits: logits) {
        streams = kept.map { streams[$0] }
        state.keep(kept)
      }
    }
    search.settle(state.best)
  }

  /// The best input of every active example.
  private struct State {
    private(set) var ball: Ball
    private(set) var labels: Tensor
    private(set) var best: Tensor
    private var bestLoss: Tensor

    init(ball: Ball, labels: Tensor) {
      self.ball = ball
      self.labels = labels
      best = ball.center
      bestLoss = Tensor(repeating: -.infinity, shape: [labels.size(0)])
    }

    mutating func take(_ inputs: Tensor, _ loss: Tensor) {
      let isBetter = loss .> bestLoss
      bestLoss = isBetter.select(loss, else: bestLoss)
      best = isBetter.perExample(of: inputs).select(inputs, else: best)
    }

    mutating func keep(_ positions: [Int]) {
      let rows = Tensor(positions)
      ball = ball.rows(positions)
      labels = labels.rows(rows)
      best = best.rows(rows)
      bestLoss = bestLoss.rows(rows)
    }
  }

  /// The share of an image that a query's square covers.
  ///
  /// It is halved after the stated queries of ten thousand, in proportion for other budgets.
  static func share(at query: Int, of queries: Int, first: Double) -> Double {
    let place = query * 10_000 / queries
    let halvings = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000].count { place > $0 }
    return first / Double(1 << halvings)
  }
}

extension AttackMember {
  /// Random search with squares.
  static let square = AttackMember(
    CatalogEntry(
      name: "square", summary: "random search with squares that get smaller, on scores alone",
      citation: "Andriushchenko et al., ECCV 2020, arXiv:1912.00049", knowledge: .scores,
      parameters: [
        .queries(5000), .restarts,
        ParameterSchema(
          "first-share", .real(0.001...1), default: .real(0.8),
          summary: "share of the pixels that the first squares cover"),
      ]),
    norms: [.linf, .l2, .l1]
  ) { values in
    .score(
      SquareAttack(
        queries: values.integer("queries"), restarts: values.integer("restarts"),
        firstShare: values.real("first-share")))
  }
}

extension ParameterSchema {
  /// Queries of each example.
  static func queries(_ count: Int) -> ParameterSchema {
    ParameterSchema(
      "queries", .integer(1...10_000_000), default: .integer(count),
      summary: "queries of each example and restart")
  }
}
