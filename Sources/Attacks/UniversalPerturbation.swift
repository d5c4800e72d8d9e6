// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
import Torch

/// One perturbation for all inputs, learned from other examples by projected gradient ascent.
///
/// The mean margin over a few examples is raised step by step. An example counts until it is
/// misclassified by as much as the examples are right on average; without that limit a few of them
/// would draw all of the perturbation. The perturbation that fooled most examples is kept.
///
/// - Note: Learning uses gradients of the model, which are not among those that an attacked example
///   pays for: `epochs × images`, spread over all examples attacked later.
///
/// > Source: Moosavi-Dezfooli et al. "Universal Adversarial Perturbations." CVPR 2017,
/// > [arXiv:1610.08401](https://arxiv.org/abs/1610.08401); learned as in Shafahi et al. "Universal
/// > Adversarial Training." AAAI 2020, [arXiv:1811.11304](https://arxiv.org/abs/1811.11304),
/// > algorithm 2, whose clamped loss is the margin here.
public struct UniversalPerturbation: PreparedAttack {
  /// Passes over the examples to learn from.
  public var epochs: Int
  /// Examples to learn from, at most.
  public var images: Int
  /// The length of a step as a share of epsilon.
  public var stepSize: Double

  private static let batchSize = 100

  /// Creates the attack.
  public init(epochs: Int = 10, images: Int = 1000, stepSize: Double = 0.1) {
    self.epochs = epochs
    self.images = images
    self.stepSize = stepSize
  }

  /// Learning follows gradients.
  public var knowledge: Knowledge { .whiteBox }
  /// None: it learns on the model itself.
  public var surrogate: Surrogate? { nil }

  /// Learns the perturbation.
  ///
  /// - Complexity: `epochs × images` gradients and `(epochs + 1) × images` forward passes.
  public func prepared(
    with materials: AttackMaterials, within threat: ThreatModel, random: RandomKey
  ) throws -> AnyAttack {
    let examples = materials.examples
    let count = min(images, examples.count)
    let chosen = random.split("examples").stream().choose(count, of: examples.count)
    let batch = examples.batch(chosen)
    let victim = ModelVictim(
      materials.model, classes: examples.classes, inputRange: examples.inputRange, rows: count)
    let width = examples.inputRange.upperBound - examples.inputRange.lowerBound
    let around = Ball(
      threat, around: Tensor(repeating: 0, shape: [1] + examples.inputShape),
      inputRange: -width...width)
    let limit = try Self.limit(batch, victim)
    var change = around.center
    var best = (change: change, fooled: -1)
    for epoch in 0..<epochs {
      let order = random.split("epochs").split(epoch).stream().permutation(count)
      for start in stride(from: 0, to: count, by: Self.batchSize) {
        let rows = Array(order[start..<min(start + Self.batchSize, count)])
        let gradient = try Self.gradient(batch, rows, change, limit, victim)
        change = around.projected(
          change + around.steepestStep(gradient, size: stepSize * around.epsilon))
      }
      let fooled = try Self.fooled(batch, change, victim)
      // Of equals the later one, which has climbed further.
      if fooled >= best.fooled { best = (change, fooled) }
    }
    return .label(FixedPerturbation(change: best.change))
  }

  /// How wrong an example may be before it stops to count.
  private static func limit(_ batch: Batch, _ victim: ModelVictim) throws -> Double {
    let logits = try victim.logits(of: batch.inputs, rows: Array(0..<batch.count))
    let margins = Loss.margin.values(logits: logits, labels: batch.labels)
    let limit = margins.absolute.mean.scalar
    return limit.isFinite ? limit : 0
  }

  private static func gradient(
    _ batch: Batch, _ rows: [Int], _ change: Tensor, _ limit: Double, _ victim: ModelVictim
  ) throws -> Tensor {
    let part = batch.rows(rows)
    let inputs = (part.inputs + change).clamped(to: victim.inputRange)
    let answer = try victim.gradient(of: .margin, at: inputs, labels: part.labels, rows: rows)
    let counts = (answer.losses .< limit).perExample(of: inputs)
    let finite = answer.gradient.isFinite.and(counts)
    return finite.select(answer.gradient, else: Tensor(repeating: 0, shape: []))
      .mean(along: [0], keeping: true)
  }

  private static func fooled(
    _ batch: Batch, _ change: Tensor, _ victim: ModelVictim
  ) throws -> Int {
    let inputs = (batch.inputs + change).clamped(to: victim.inputRange)
    let answers = try victim.predictions(of: inputs, rows: Array(0..<batch.count))
    return (answers .== batch.labels).not.nonZeroCount
  }
}

/// Adds the same perturbation to every input.
private struct FixedPerturbation: LabelAttack {
  let change: Tensor

  /// - Complexity: One forward pass.
  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any LabelVictim, random: RandomKey
  ) throws -> Tensor {
    let ball = Ball(threat, around: batch.inputs, inputRange: victim.inputRange)
    let inputs = ball.projected(batch.inputs + change)
    var search = Search(batch)
    try untilBudgetEnds {
      let predictions = try victim.predictions(of: inputs, rows: search.active)
      let kept = search.record(inputs, predictions: predictions)
      search.settle(kept.map { inputs.rows($0) } ?? inputs)
    }
    return search.inputs
  }
}

extension AttackMember {
  /// One perturbation for all inputs.
  static let universal = AttackMember(
    CatalogEntry(
      name: "universal", summary: "one perturbation for all inputs, learned from other examples",
      citation: "Moosavi-Dezfooli et al., CVPR 2017, arXiv:1610.08401; learned as in"
        + " Shafahi et al., AAAI 2020, arXiv:1811.11304",
      knowledge: .whiteBox,
      parameters: [
        ParameterSchema(
          "epochs", .integer(1...100_000), default: .integer(10),
          summary: "passes over the examples to learn from"),
        ParameterSchema(
          "images", .integer(1...1_000_000), default: .integer(1000),
          summary: "examples to learn from, at most"),
        ParameterSchema(
          "step-size", .real(1e-6...10), default: .real(0.1), summary: "share of epsilon"),
      ]),
    norms: [.linf, .l2]
  ) { values in
    .prepared(
      UniversalPerturbation(
        epochs: values.integer("epochs"), images: values.integer("images"),
        stepSize: values.real("step-size")))
  }
}
