// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
import Torch

/// Makes adversarial inputs on another model and shows them to the one under attack.
///
/// On the stand-in the attacker sees everything, and climbs to the end of its steps: an input just
/// across the stand-in's boundary would seldom be across another's. Each restart then costs one
/// query.
///
/// > Source: Papernot et al. "Transferability in Machine Learning: from Phenomena to Black-Box Attacks
/// > using Adversarial Samples." 2016, [arXiv:1605.07277](https://arxiv.org/abs/1605.07277).
public struct TransferAttack: PreparedAttack {
  /// How inputs are made on the stand-in.
  public enum Method: String, Sendable, CaseIterable {
    /// Steps that are tuned on the way.
    case apgd
    /// Steps of a fixed length.
    case pgd
    /// Steps along a running sum of gradients.
    case mim
    /// The same, with gradients of resized inputs.
    case diverse = "di-mim"
  }

  /// The stand-in.
  public var source: Surrogate
  /// How inputs are made on it.
  public var method: Method
  /// Steps of each restart.
  public var steps: Int
  /// Independent starts, and so the most queries for one example.
  public var restarts: Int
  /// What is raised on the stand-in.
  public var loss: Loss

  /// Creates the attack.
  public init(
    from source: Surrogate, method: Method = .apgd, steps: Int = 50, restarts: Int = 3,
    loss: Loss = .crossEntropy
  ) {
    self.source = source
    self.method = method
    self.steps = steps
    self.restarts = restarts
    self.loss = loss
  }

  /// Of the model under attack, its answers alone.
  public var knowledge: Knowledge { .label }
  /// The stand-in that the attack asks for.
  public var surrogate: Surrogate? { source }
  /// What makes the inputs, with as many restarts.
  public var onItself: AnyAttack? { .gradient(attack(restarts: restarts)) }

  /// Keeps the stand-in.
  ///
  /// - Precondition: The materials hold the stand-in.
  public func prepared(
    with materials: AttackMaterials, within threat: ThreatModel, random: RandomKey
  ) throws -> AnyAttack {
    .label(
      SurrogateAttack(
        surrogate: materials.standIn, attack: attack(restarts: 1), restarts: restarts))
  }
}

extension TransferAttack {
  /// What makes the inputs.
  private func attack(restarts: Int) -> any GradientAttack {
    switch method {
    case .apgd: return AutoProjectedGradient(steps: steps, restarts: restarts, loss: loss)
    case .pgd: return ProjectedGradient(steps: steps, restarts: restarts, loss: loss)
    case .mim, .diverse:
      var climb = ProjectedGradient(
        steps: steps, restarts: restarts, stepSize: 2 / Double(steps), loss: loss)
      climb.momentum = 1
      // The share that Xie et al. resize.
      climb.diversity = method == .diverse ? 0.5 : nil
      return climb
    }
  }
}

/// Runs an attack on the stand-in, and asks the victim about what it returns.
private struct SurrogateAttack: LabelAttack {
  let surrogate: any Network
  let attack: any GradientAttack
  let restarts: Int

  /// - Complexity: `restarts` forward passes of the victim.
  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any LabelVictim, random: RandomKey
  ) throws -> Tensor {
    var search = Search(batch)
    try untilBudgetEnds {
      for restart in 0..<restarts where !search.active.isEmpty {
        let part = batch.rows(search.active)
        let open = ModelVictim(
          surrogate, classes: victim.classes, inputRange: victim.inputRange, rows: part.count)
        let inputs = try attack.perturb(
          part, within: threat, against: UnbrokenVictim(open, labels: part.labels),
          random: random.split(restart: restart))
        let predictions = try victim.predictions(of: inputs, rows: search.active)
        let kept = search.record(inputs, predictions: predictions)
        search.settle(kept.map { inputs.rows($0) } ?? inputs)
      }
    }
    return search.inputs
  }
}

extension ParameterSchema {
  /// The model that stands in for the one under attack.
  static let source = ParameterSchema(
    "source", .choice(Surrogate.named.map(\.rawValue)),
    default: .choice(Surrogate.parent.rawValue),
    summary: "the dense parent (a dense model is attacked directly), or a sibling of another seed")
}

extension AttackMember {
  /// Adversarial inputs of another model.
  static let transfer = AttackMember(
    CatalogEntry(
      name: "transfer", summary: "adversarial inputs made on another model, one query for each",
      citation: "Papernot et al., 2016, arXiv:1605.07277", knowledge: .label,
      parameters: [
        .source,
        ParameterSchema(
          "method", .choice(TransferAttack.Method.allCases.map(\.rawValue)),
          default: .choice(TransferAttack.Method.apgd.rawValue),
          summary: "how inputs are made on the other model"),
        ParameterSchema(
          "steps", .integer(1...100_000), default: .integer(50), summary: "steps of each restart"),
        ParameterSchema(
          "restarts", .integer(1...10_000), default: .integer(3),
          summary: "independent random starts, each one query"),
        .loss(Loss.allCases),
      ]),
    norms: [.linf, .l2, .l1],
    fewestClasses: { values in
      values.choice("loss", of: Loss.self).minimumClasses(targeted: false)
    }
  ) { values in
    .prepared(
      TransferAttack(
        from: values.choice("source"), method: values.choice("method"),
        steps: values.integer("steps"), restarts: values.integer("restarts"),
        loss: values.choice("loss")))
  }
}
