// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// Random values set to an end of the input range, as many as the ball holds.
///
/// Every attempt draws a fresh order of an example's values and an end for each; values jump in that
/// order until the next one would leave the ball. In the `l0` ball of radius k, k values change; in
/// the `l1` and `l2` balls as many as their lengths allow. The `linf` ball bounds each value by
/// itself and holds no such jump, so there is no form for it.
public struct SaltAndPepper: LabelAttack {
  /// Draws for each example.
  public var attempts: Int

  /// Creates the noise.
  public init(attempts: Int = 10) { self.attempts = attempts }

  /// Draws noise until it breaks the example or the attempts are used up.
  ///
  /// - Complexity: At most `attempts` queries for each example.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any LabelVictim,
    random: RandomKey
  ) throws -> Tensor {
    let budget = CoordinateBudget(norm: threat.norm, epsilon: threat.epsilon.value)
    var search = Search(batch)
    try untilBudgetEnds {
      for attempt in 0..<attempts where !search.active.isEmpty {
        let clean = batch.rows(search.active)
        let keys = clean.indices.map { random.split(example: $0).split(restart: attempt) }
        var inputs = draw(clean.inputs, victim.inputRange, budget, keys)
        let predictions = try victim.predictions(of: inputs, rows: search.active)
        if let kept = search.record(inputs, predictions: predictions) { inputs = inputs.rows(kept) }
        search.settle(inputs)
      }
    }
    return search.inputs
  }

  private func draw(
    _ inputs: Tensor, _ range: ClosedRange<Double>, _ budget: CoordinateBudget, _ keys: [RandomKey]
  ) -> Tensor {
    let values = inputs.flattenedExamples
    let size = [values.size(1)]
    let priorities = keys.field(size, "order") { $0.fillUniform($1, low: 0, high: 1) }
    let signs = keys.field(size, "end") { $0.fillSigns($1) }
    let targets = (signs .> 0).select(
      Tensor(repeating: range.upperBound, shape: []),
      else: Tensor(repeating: range.lowerBound, shape: []))
    return budget.replaced(
      values, by: targets, inOrder: priorities.sorted(along: 1).indices
    ).reshaped(inputs.shape)
  }
}

extension AttackMember {
  /// Values set to the ends of the range.
  static let saltAndPepper = AttackMember(
    CatalogEntry(
      name: "salt-and-pepper", summary: "random values set to the ends of the input range",
      knowledge: .label,
      parameters: [
        ParameterSchema(
          "attempts", .integer(1...1_000_000), default: .integer(10),
          summary: "draws for each example")
      ]),
    norms: [.l0, .l1, .l2]
  ) { values in .label(SaltAndPepper(attempts: values.integer("attempts"))) }
}
