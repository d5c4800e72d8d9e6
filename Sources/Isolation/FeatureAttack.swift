// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
import Torch

/// Attacks what an exposed front computes, without the rest of the model.
///
/// The first start drives the front's features as far from those of the original as it can; each other
/// one drives them to the features of an example of another class, the nearest first. Each costs one
/// query.
///
/// > Source: Naseer et al. "Task-generalizable Adversarial Attack based on Perceptual Metric." 2018,
/// > [arXiv:1811.09020](https://arxiv.org/abs/1811.09020), section 3; Inkawhich et al. "Feature Space
/// > Perturbations Yield More Transferable Adversarial Examples." CVPR 2019, section 3.
public struct FeatureAttack: PreparedAttack {
  /// Climbs.
  public var climb: any GradientAttack
  /// Independent starts, and so the most queries for one example.
  public var restarts: Int
  /// Examples among which the nearest of another class is looked for.
  public var guides: Int

  /// Creates the attack.
  public init(climb: any GradientAttack, restarts: Int = 4, guides: Int = 512) {
    self.climb = climb
    self.restarts = restarts
    self.guides = guides
  }

  /// A part of the model.
  public var knowledge: Knowledge { .partial }
  /// The exposed front.
  public var surrogate: Surrogate? { .front }

  /// Computes the features of the guides.
  ///
  /// - Precondition: The materials hold the front.
  public func prepared(
    with materials: AttackMaterials, within threat: ThreatModel, random: RandomKey
  ) throws -> AnyAttack {
    let front = materials.standIn
    let order = random.split("guides").stream().permutation(materials.examples.count)
    let batch = materials.examples.batch(Array(order.prefix(guides)))
    return .label(
      FrontAttack(
        front: front, climb: climb, restarts: restarts,
        guides: try front.tiledLogits(batch.inputs), labels: batch.labels))
  }
}

/// The attack with the features that it leads to.
private struct FrontAttack: LabelAttack {
  let front: any Network
  let climb: any GradientAttack
  let restarts: Int
  /// `[G, F]`.
  let guides: Tensor
  /// `[G]`.
  let labels: Tensor

  /// - Complexity: `restarts` forward passes of the victim.
  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any LabelVictim, random: RandomKey
  ) throws -> Tensor {
    let own = try front.tiledLogits(batch.inputs)
    let nearest = nearestGuides(own, batch.labels)
    let labels = batch.labels.elements(of: Int.self)
    var inputs = batch.inputs
    var active = Array(0..<batch.count)
    for restart in 0..<restarts where !active.isEmpty {
      let rows = Tensor(active)
      let goals =
        restart == 0
        ? nil
        : guides.rows(
          nearest.column(min(restart, nearest.size(1)) - 1).rows(rows))
      let inner = FeatureVictim(
        front: front, own: own.rows(rows), goals: goals, labels: batch.labels.rows(rows),
        classes: victim.classes, inputRange: victim.inputRange)
      let found = try climb.perturb(
        batch.rows(active), within: threat, against: inner,
        random: random.split(restart: restart))
      let predictions: [Int]
      do {
        predictions = try victim.predictions(of: found, rows: active).elements(of: Int.self)
      } catch let error as AttackError where error.code == .budgetSpent {
        break
      }
      inputs = inputs.replacing(active, with: found)
      active = zip(active, predictions).filter { labels[$0.0] == $0.1 }.map(\.0)
    }
    return inputs
  }

  /// Guides of other classes by rising distance of their features: `[N, restarts - 1]`.
  private func nearestGuides(_ own: Tensor, _ classes: Tensor) -> Tensor {
    let products = own.matrixProduct(guides.transposed(0, 1))
    let lengths = (guides * guides).sum(along: [1]).reshaped([1, -1])
    let isOwn = classes.reshaped([-1, 1]) .== labels.reshaped([1, -1])
    let distances = isOwn.select(
      Tensor(repeating: .infinity, shape: []), else: lengths - products * 2)
    return (-distances).largest(min(max(1, restarts - 1), guides.size(0)), along: 1).indices
  }
}

/// Answers as loss how far the front's features are from where they begin, or how near their goal.
private struct FeatureVictim: GradientVictim {
  let front: any Network
  let own: Tensor
  let goals: Tensor?
  let labels: Tensor
  let classes: Int
  let inputRange: ClosedRange<Double>

  func predictions(of inputs: Tensor, rows: [Int]) throws -> Tensor { labels.rows(rows) }

  func logits(of inputs: Tensor, rows: [Int]) throws -> Tensor { right(labels.rows(rows)) }

  func gradient(
    of loss: Loss, at inputs: Tensor, labels: Tensor, targets: Tensor?, rows: [Int]
  ) throws -> LossGradient {
    let (centers, sign) = goals.map { ($0.rows(rows), -1.0) } ?? (own.rows(rows), 1.0)
    let answer = try front.tiledGradient(at: inputs) { features, range in
      let difference = features - centers.slice(range)
      return (difference * difference).sum(along: [1]) * sign
    }
    return LossGradient(logits: right(labels), losses: answer.losses, gradient: answer.gradient)
  }

  /// Logits that are right, so that an attack never rests.
  private func right(_ labels: Tensor) -> Tensor {
    Tensor(repeating: 0, shape: [labels.size(0), classes])
      .scattering(1, at: labels.reshaped([-1, 1]), along: 1)
  }
}

extension Tensor {
  fileprivate func column(_ index: Int) -> Tensor {
    slice(index..<index + 1, along: 1).reshaped([-1])
  }

  /// A copy in which other inputs stand in some rows.
  fileprivate func replacing(_ rows: [Int], with inputs: Tensor) -> Tensor {
    let size = count / self.size(0)
    let columns =
      Tensor(rows).reshaped([-1, 1]) + Tensor(repeating: 0, shape: [1, size], type: .int64)
    return
      flattenedExamples
      .scattering(inputs.detached.flattenedExamples, at: columns, along: 0).reshaped(shape)
  }
}
