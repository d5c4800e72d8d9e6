// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// Projected ascent along gradients that are estimated from logits.
///
/// The loss is asked at both ends of random directions around the input; the directions, weighted by
/// the differences, sum up to an estimate, which is averaged with the earlier ones and climbed along
/// the steepest step of the norm.
///
/// - Note: Both attacks raise the margin, as SPSA does, where NES was published with the probability
///   of a class: a probability that saturates answers nothing. SPSA takes the same averaged step as
///   NES instead of Adam's, whose length would depend on the number of values in `l2`.
///
/// > Source: Ilyas et al. "Black-box Adversarial Attacks with Limited Queries and Information."
/// > ICML 2018, [arXiv:1804.08598](https://arxiv.org/abs/1804.08598), algorithm 1; Uesato et al.
/// > "Adversarial Risk and the Dangers of Evaluating Against Weak Attacks." ICML 2018,
/// > [arXiv:1802.05666](https://arxiv.org/abs/1802.05666), algorithm 1.
public struct EstimatedGradient: ScoreAttack {
  /// How directions are drawn.
  public enum Directions: Sendable {
    /// Independent normal values (NES).
    case normal
    /// Independent signs (SPSA).
    case signs
  }

  /// How directions are drawn.
  public var directions: Directions
  /// Steps of each restart.
  public var steps: Int
  /// Directions of one estimate, each asked at both ends.
  public var pairs: Int
  /// Independent starts.
  public var restarts: Int
  /// The length of a step as a share of epsilon.
  public var stepSize: Double
  /// How far from the input the loss is asked, as a share of the input range.
  public var spread: Double
  /// What is raised.
  public var loss: Loss

  private static let momentum = 0.9
  /// Directions asked in one call; a constant, so that no neighbour changes the order of a sum.
  private static let chunk = 10

  /// Creates the attack; `stepSize` is by default `2.5 / steps`.
  public init(
    _ directions: Directions, steps: Int = 50, pairs: Int = 50, restarts: Int = 1,
    stepSize: Double? = nil, spread: Double, loss: Loss = .margin
  ) {
    self.directions = directions
    self.steps = steps
    self.pairs = pairs
    self.restarts = restarts
    self.stepSize = stepSize ?? 2.5 / Double(steps)
    self.spread = spread
    self.loss = loss
  }

  /// Searches for adversarial inputs.
  ///
  /// - Complexity: `restarts × (steps × (2 × pairs + 1) + 1)` forward passes.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any ScoreVictim,
    random: RandomKey
  ) throws -> Tensor {
    precondition(threat.norm == .linf || threat.norm == .l2, "checked before the run")
    let ball = Ball(threat, around: batch.inputs, inputRange: victim.inputRange)
    var search = Search(batch)
    try untilBudgetEnds {
      for restart in 0..<restarts where !search.active.isEmpty {
        try climb(restart, ball, batch, victim, random, &search)
      }
    }
    return search.inputs
  }

  private func climb(
    _ restart: Int, _ wholeBall: Ball, _ batch: Batch, _ victim: any ScoreVictim,
    _ random: RandomKey, _ search: inout Search
  ) throws {
    var ball = wholeBall.rows(search.active)
    var keys = search.active.map {
      random.split(example: batch.indices[$0]).split(restart: restart)
    }
    var inputs = ball.randomStart(search.active.map { batch.indices[$0] }, random, restart: restart)
    var average = inputs * 0
    for step in 0...steps {
      let logits = try victim.logits(of: inputs, rows: search.active)
      if let kept = search.record(inputs, logits: logits) {
        guard !kept.isEmpty else { return }
        ball = ball.rows(kept)
        keys = kept.map { keys[$0] }
        inputs = inputs.rows(kept)
        average = average.rows(kept)
      }
      guard step < steps else { break }
      let estimate = try estimate(
        at: inputs, labels: search.activeLabels, rows: search.active,
        keys: keys.map { $0.split(step) }, victim)
      average = average * Self.momentum + estimate * (1 - Self.momentum)
      inputs = ball.projected(inputs + ball.steepestStep(average, size: stepSize * ball.epsilon))
    }
    search.settle(inputs)
  }

  /// The gradient of the loss at each input, estimated from differences along random directions.
  ///
  /// Its expectation is the gradient of the loss smoothed by the directions, where no input lies at
  /// an end of the range; an end cuts what is asked, and so weakens that component.
  func estimate(
    at inputs: Tensor, labels: Tensor, rows: [Int], keys: [RandomKey], _ victim: any ScoreVictim
  ) throws -> Tensor {
    let range = victim.inputRange
    let distance = spread * (range.upperBound - range.lowerBound)
    let flat = inputs.flattenedExamples
    let (count, size) = (flat.size(0), flat.size(1))
    var sum = flat * 0
    for start in stride(from: 0, to: pairs, by: Self.chunk) {
      let ends = min(Self.chunk, pairs - start)
      let noise = drawn(keys.map { $0.split(start) }, [ends, size])
      let center = flat.reshaped([count, 1, size])
      let asked = Tensor.concatenated(
        [center + noise * distance, center - noise * distance], along: 1
      ).clamped(to: range)
      let repeats = 2 * ends
      let logits = try victim.logits(
        of: asked.reshaped([count * repeats] + inputs.shape.dropFirst()),
        rows: rows.flatMap { Array(repeating: $0, count: repeats) })
      let repeatedLabels = labels.rows((0..<count).flatMap { Array(repeating: $0, count: repeats) })
      let losses = loss.values(logits: logits, labels: repeatedLabels).reshaped([count, repeats, 1])
      let rise =
        losses.slice(0..<ends, along: 1) - losses.slice(ends..<repeats, along: 1)
      sum = sum + (noise * rise).sum(along: [1])
    }
    // A component that is not a number would stay in the average for good.
    let estimate = sum / (2 * distance * Double(pairs))
    return estimate.isFinite.select(estimate, else: flat * 0).reshaped(inputs.shape)
  }

  /// One stream for each example.
  private func drawn(_ keys: [RandomKey], _ shape: [Int]) -> Tensor {
    let size = shape.reduce(1, *)
    return Tensor(shape: [keys.count] + shape) { (values: UnsafeMutableBufferPointer<Float>) in
      for (row, key) in keys.enumerated() {
        let part = UnsafeMutableBufferPointer(rebasing: values[row * size..<(row + 1) * size])
        switch directions {
        case .normal: key.stream().fillNormal(part)
        case .signs: key.stream().fillSigns(part)
        }
      }
    }
  }
}

extension AttackMember {
  /// Normal directions.
  static let nes = estimated(
    "nes", .normal, spread: 0.001, "ascent along gradients estimated with normal noise",
    citation: "Ilyas et al., ICML 2018, arXiv:1804.08598")
  /// Directions of signs.
  static let spsa = estimated(
    "spsa", .signs, spread: 0.01, "ascent along gradients estimated with random signs",
    citation: "Uesato et al., ICML 2018, arXiv:1802.05666")

  private static func estimated(
    _ name: String, _ directions: EstimatedGradient.Directions, spread: Double, _ summary: String,
    citation: String
  ) -> AttackMember {
    AttackMember(
      CatalogEntry(
        name: name, summary: summary, citation: citation, knowledge: .scores,
        parameters: [
          ParameterSchema(
            "steps", .integer(1...100_000), default: .integer(50), summary: "steps of each restart"),
          ParameterSchema(
            "pairs", .integer(1...100_000), default: .integer(50),
            summary: "directions of one estimate, each asked at both ends"),
          .restarts,
          ParameterSchema(
            "step-size", .real(1e-6...10), default: nil,
            summary: "share of epsilon; 2.5 / steps if not stated"),
          ParameterSchema(
            "spread", .real(1e-6...1), default: .real(spread),
            summary: "how far the loss is asked, as a share of the input range"),
          ParameterSchema(
            "loss", .choice(Loss.allCases.map(\.rawValue)), default: .choice(Loss.margin.rawValue),
            summary: "what is raised"),
        ]),
      norms: [.linf, .l2],
      fewestClasses: { values in
        values.choice("loss", of: Loss.self).minimumClasses(targeted: false)
      }
    ) { values in
      .score(
        EstimatedGradient(
          directions, steps: values.integer("steps"), pairs: values.integer("pairs"),
          restarts: values.integer("restarts"), stepSize: values.optionalReal("step-size"),
          spread: values.real("spread"), loss: values.choice("loss")))
    }
  }
}
