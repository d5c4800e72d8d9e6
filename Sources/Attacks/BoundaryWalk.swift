// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// A random walk along the decision boundary that accepts what is still misclassified and nearer.
///
/// Each step moves at random on the sphere around the input and then towards it. Both lengths adapt:
/// the first to how often the sphere's points alone are adversarial, the second to how often whole
/// steps are.
///
/// > Source: Brendel et al. "Decision-Based Adversarial Attacks: Reliable Attacks Against Black-Box
/// > Machine Learning Models." ICLR 2018, [arXiv:1712.04248](https://arxiv.org/abs/1712.04248),
/// > algorithm 1 and section 2.
public struct BoundaryWalk: NearestLabelAttack {
  /// The most queries for one example.
  public var queries: Int

  private static let draws = 100
  private static let blendings = 15
  /// Every so many steps, the point on the sphere is asked as well.
  private static let sphereInterval = 5
  /// Answers after which a length adapts.
  private static let window = 10
  private static let adaptation: Float = 1.5

  /// Creates the attack.
  public init(queries: Int = 10_000) { self.queries = queries }

  /// Searches for the nearest adversarial inputs.
  ///
  /// - Complexity: At most `queries` forward passes; 101 where no noise is adversarial.
  public func nearest(
    _ batch: Batch, in norm: Norm, enough: Double?, against victim: any LabelVictim,
    random: RandomKey
  ) throws -> Tensor {
    precondition(norm == .l2, "checked before the run")
    var search = DecisionSearch(batch, norm, enough: enough, queries: queries, victim)
    try search.start(random.split("start"), draws: Self.draws)
    var rows = (0..<batch.count).filter { search.distances[$0] < .infinity && search.isOpen($0) }
    guard !rows.isEmpty else { return search.nearest }
    var points = try search.boundary(
      from: search.nearest.rows(rows), rows: rows, halvings: Self.blendings, along: .l2)
    var paces = rows.map { _ in Pace() }
    var step = 0
    while true {
      let open = rows.indices.filter { search.isOpen(rows[$0]) }
      guard !open.isEmpty else { return search.nearest }
      if open.count < rows.count {
        (rows, points) = (open.map { rows[$0] }, points.rows(open))
        paces = open.map { paces[$0] }
      }
      let keys = rows.map { random.split(example: batch.indices[$0]).split(step) }
      points = try take(
        step, points, batch.inputs.rows(rows), rows, keys, victim.inputRange, &paces, &search)
      step += 1
    }
  }

  /// The lengths of one example's steps, as shares of its distance, and what they met with.
  private struct Pace {
    var sphere: Float = 0.1
    var source: Float = 0.01
    private var sphereAnswers: [Bool] = []
    private var sourceAnswers: [Bool] = []

    /// On a flat boundary half of the sphere's points are adversarial once steps are short.
    mutating func learnSphere(_ answer: Bool) {
      sphereAnswers.append(answer)
      guard sphereAnswers.count == BoundaryWalk.window else { return }
      let share = Float(sphereAnswers.count { $0 }) / Float(BoundaryWalk.window)
      let factor = BoundaryWalk.factor(share, low: 0.2, high: 0.5)
      sphere *= factor
      source *= factor
      sphereAnswers = []
    }

    mutating func learnSource(_ answer: Bool) {
      sourceAnswers.append(answer)
      guard sourceAnswers.count == BoundaryWalk.window else { return }
      let share = Float(sourceAnswers.count { $0 }) / Float(BoundaryWalk.window)
      source = min(source * BoundaryWalk.factor(share, low: 0.1, high: 0.25), 0.5)
      sourceAnswers = []
    }
  }

  private static func factor(_ share: Float, low: Float, high: Float) -> Float {
    if share < low { return 1 / adaptation }
    return share > high ? adaptation : 1
  }

  private func take(
    _ step: Int, _ points: Tensor, _ center: Tensor, _ rows: [Int], _ keys: [RandomKey],
    _ range: ClosedRange<Double>, _ paces: inout [Pace], _ search: inout DecisionSearch
  ) throws -> Tensor {
    let away = (points - center).flattenedExamples
    let distance = away.norm(2, along: [1], keeping: true)
    let unit = away / distance.clamped(atLeast: 1e-12)
    let noise = normal(keys, away.size(1))
    let tangent = noise - unit * (noise * unit).sum(along: [1], keeping: true)
    let lengths = tangent.norm(2, along: [1], keeping: true).clamped(atLeast: 1e-12)
    let sphere = Tensor(paces.map(\.sphere), shape: [rows.count, 1])
    // Scaled back onto the sphere, so that a long tangent turns the direction and no more.
    let turned = unit + tangent / lengths * sphere
    let direction = turned / turned.norm(2, along: [1], keeping: true)
    if step % Self.sphereInterval == 0 {
      let inputs = (center + (direction * distance).reshaped(center.shape)).clamped(to: range)
      let answers = try search.isAdversarial(inputs, rows: rows)
      for (position, answer) in answers.enumerated() { paces[position].learnSphere(answer) }
    }
    let source = Tensor(paces.map { 1 - $0.source }, shape: [rows.count, 1])
    let inputs = (center + (direction * distance * source).reshaped(center.shape))
      .clamped(to: range)
    let answers = try search.isAdversarial(inputs, rows: rows)
    for (position, answer) in answers.enumerated() { paces[position].learnSource(answer) }
    // Cutting at the range only ever brings a point nearer, as the centre lies inside.
    return Tensor(answers).perExample(of: points).select(inputs, else: points)
  }

  private func normal(_ keys: [RandomKey], _ size: Int) -> Tensor {
    Tensor(shape: [keys.count, size]) { (values: UnsafeMutableBufferPointer<Float>) in
      for (row, key) in keys.enumerated() {
        key.stream().fillNormal(
          UnsafeMutableBufferPointer(rebasing: values[row * size..<(row + 1) * size]))
      }
    }
  }
}

extension AttackMember {
  /// A random walk along the decision boundary.
  static let boundary = AttackMember(
    CatalogEntry(
      name: "boundary", summary: "random walk along the decision boundary by labels alone",
      citation: "Brendel et al., ICLR 2018, arXiv:1712.04248", knowledge: .label,
      parameters: [
        ParameterSchema(
          "queries", .integer(1...10_000_000), default: .integer(10_000),
          summary: "the most queries for one example")
      ]),
    norms: [.l2], reach: .nearest
  ) { values in .nearestByLabel(BoundaryWalk(queries: values.integer("queries"))) }
}
