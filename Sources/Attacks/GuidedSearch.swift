// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
public import Records
public import RobustCore
public import Statistics
import Torch

/// Search by the victim's scores along directions that a stand-in gives.
///
/// It begins at an adversarial input of the stand-in. Each direction is tried both ways and kept where the
/// victim's margin shrinks: first the gradient of the stand-in's margin, and where that brought nothing
/// since the input last moved, the gradient of its logits in random proportions.
///
/// > Source: Lord et al. "Attacking Deep Networks with Surrogate-Based Adversarial Black-Box Methods is
/// > Easy." ICLR 2022, [arXiv:2203.08725](https://arxiv.org/abs/2203.08725), algorithm 1; random
/// > proportions by Tashiro et al. "Diversity Can Be Transferred: Output Diversification for White- and
/// > Black-box Attacks." NeurIPS 2020, [arXiv:2003.06878](https://arxiv.org/abs/2003.06878), section 3.1;
/// > the start by Suya et al. "Hybrid Batch Attacks." USENIX Security 2020,
/// > [arXiv:1908.07000](https://arxiv.org/abs/1908.07000), section 4.
///
/// - Note: Lord et al. take steps of one length; here each is drawn. A direction that helped is taken
///   once more.
public struct GuidedSearch: PreparedAttack {
  /// The stand-in.
  public var source: Surrogate
  /// The most queries for one example.
  public var queries: Int

  /// Creates the attack.
  public init(from source: Surrogate, queries: Int = 1000) {
    self.source = source
    self.queries = queries
  }

  /// Of the model under attack, its scores.
  public var knowledge: Knowledge { .scores }
  /// The stand-in that the attack asks for.
  public var surrogate: Surrogate? { source }

  /// Keeps the stand-in.
  ///
  /// - Precondition: The materials hold the stand-in.
  public func prepared(
    with materials: AttackMaterials, within threat: ThreatModel, random: RandomKey
  ) throws -> AnyAttack {
    guard let surrogate = materials.surrogate else {
      preconditionFailure("the attack is given the stand-in that it asks for")
    }
    return .score(GuidedAttack(surrogate: surrogate, queries: queries))
  }
}

/// Tries the directions that a stand-in gives.
private struct GuidedAttack: ScoreAttack {
  let surrogate: any Network
  let queries: Int

  /// Steps on the stand-in before the first query.
  private static let firstSteps = 20

  /// - Complexity: `queries` forward passes of the victim, half as many gradients of the stand-in.
  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any ScoreVictim,
    random: RandomKey
  ) throws -> Tensor {
    var search = Search(batch)
    let ball = Ball(threat, around: batch.inputs, inputRange: victim.inputRange)
    let open = ModelVictim(
      surrogate, classes: victim.classes, inputRange: victim.inputRange, rows: batch.count)
    let start = try AutoProjectedGradient(steps: Self.firstSteps, loss: .margin).perturb(
      batch, within: threat, against: UnbrokenVictim(open, labels: batch.labels),
      random: random.split("start"))
    let keys = batch.indices.map { random.split(example: $0).split("search") }
    var climb = ScoreClimb(
      GuidedProposals(ball: ball, labels: batch.labels, classes: victim.classes, keys: keys),
      labels: batch.labels, first: start, pace: Pace(patience: 0, queries: queries))
    try untilBudgetEnds {
      try climb.ask(start, victim, &search)
      for step in 1..<max(queries, 1) where !search.active.isEmpty {
        let next = try climb.proposals.next(from: climb.best, on: surrogate, step: step)
        try climb.ask(next, victim, &search)
      }
    }
    search.settle(climb.best)
    return search.inputs
  }
}

/// The directions of ``GuidedSearch`` for the active examples.
private struct GuidedProposals: Proposals {
  private var ball: Ball
  private var labels: Tensor
  private let classes: Int
  private var keys: [RandomKey]
  /// The direction that is tried, as a step of length one.
  private var direction: Tensor
  private var sizes: [Float]
  /// Whether the last query was an improvement.
  private var isBetter: [Bool]
  /// Whether the input has moved since the margin's own gradient was tried.
  private var hasMoved: [Bool]

  init(ball: Ball, labels: Tensor, classes: Int, keys: [RandomKey]) {
    self.ball = ball
    self.labels = labels
    self.classes = classes
    self.keys = keys
    direction = ball.center * 0
    sizes = Array(repeating: 0, count: keys.count)
    isBetter = Array(repeating: true, count: keys.count)
    hasMoved = isBetter
  }

  mutating func take(_ isBetter: [Bool]) {
    self.isBetter = isBetter
    hasMoved = zip(hasMoved, isBetter).map { $0 || $1 }
  }

  mutating func keep(_ positions: [Int]) {
    let rows = Tensor(positions)
    ball = ball.rows(positions)
    labels = labels.rows(rows)
    direction = direction.rows(rows)
    keys = positions.map { keys[$0] }
    sizes = positions.map { sizes[$0] }
    isBetter = positions.map { isBetter[$0] }
    hasMoved = positions.map { hasMoved[$0] }
  }

  /// The next input of each example: at odd steps along a new direction, at even ones along the same if
  /// that helped and else the other way.
  mutating func next(
    from inputs: Tensor, on surrogate: any Network, step: Int
  ) throws -> Tensor {
    let signs: [Float]
    if step % 2 == 1 {
      try turn(at: inputs, on: surrogate, step: step)
      signs = Array(repeating: 1, count: keys.count)
    } else {
      signs = isBetter.map { $0 ? 1 : -1 }
    }
    let lengths = Tensor(zip(signs, sizes).map { $0 * $1 }).perExample(of: inputs)
    return ball.projected(inputs + direction * lengths)
  }

  private mutating func turn(
    at inputs: Tensor, on surrogate: any Network, step: Int
  ) throws {
    let draws = keys.map { key in
      [Float](unsafeUninitializedCapacity: classes + 1) { values, count in
        key.split(step).stream().fillUniform(values, low: -1, high: 1)
        count = classes + 1
      }
    }
    // From a sixteenth of the radius to all the way across.
    sizes = draws.map { Float(ball.epsilon * exp2(2.5 * Double($0[classes]) - 1.5)) }
    let proportions = Tensor(
      draws.flatMap { $0.prefix(classes) }, shape: [keys.count, classes])
    let followsMargin = Tensor(hasMoved.map { $0 ? 1 : 0 }).cast(to: .float32) .> 0.5
    let labels = labels
    let slope = try surrogate.tiledGradient(at: inputs) { logits, range in
      followsMargin.slice(range).select(
        Loss.margin.values(logits: logits, labels: labels.slice(range)),
        else: (logits * proportions.slice(range)).sum(along: [1]))
    }.gradient
    direction = ball.steepestStep(slope, size: 1)
    hasMoved = Array(repeating: false, count: keys.count)
  }
}

extension AttackMember {
  /// Scores along a stand-in's directions.
  static let guided = AttackMember(
    CatalogEntry(
      name: "guided",
      summary: "search by scores along the directions of another model",
      citation: "Lord et al., ICLR 2022, arXiv:2203.08725", knowledge: .scores,
      parameters: [
        ParameterSchema(
          "source", .choice(Surrogate.named.map(\.rawValue)),
          default: .choice(Surrogate.parent.rawValue),
          summary: "the dense parent, or a sibling trained with another seed"),
        ParameterSchema(
          "queries", .integer(1...10_000_000), default: .integer(1000),
          summary: "the most queries for one example"),
      ]),
    norms: [.linf, .l2, .l1]
  ) { .prepared(GuidedSearch(from: $0.choice("source"), queries: $0.integer("queries"))) }
}
