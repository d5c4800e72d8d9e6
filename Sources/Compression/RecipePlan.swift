// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
public import Records
public import RobustCore

/// The steps of a recipe with their methods, checked to make sense together.
public struct RecipePlan: Sendable {
  /// One step.
  public struct Step: Sendable {
    /// How it was asked for.
    public let specification: Specification
    /// What it rewrites.
    public let stage: CompressionMember.Stage
    /// The method.
    public let method: any Compression
  }

  /// In the order in which they run.
  public let steps: [Step]

  /// Finds the methods of a recipe.
  ///
  /// - Throws: `SpecificationError` where a name or parameter is wrong.
  public init(_ recipe: Recipe) throws(SpecificationError) {
    var steps: [Step] = []
    for specification in recipe.steps {
      let member = try CompressionCatalog.member(for: specification)
      steps.append(
        Step(
          specification: specification, stage: try member.stage(of: specification),
          method: try member.compression(specification)))
    }
    self.steps = steps
  }

  /// Why the steps make no sense in this order; nil where they do.
  public var objection: String? {
    for (earlier, later) in zip(steps, steps.dropFirst()) {
      let (first, second) = (earlier.stage, later.stage)
      if first == second, first.occursOnce {
        return "both '\(earlier.specification.name)' and '\(later.specification.name)'"
          + " are steps of which one \(first.effect), so the first leaves nothing to do"
      }
      if first > second {
        return "'\(earlier.specification.name)' \(first.effect), which"
          + " '\(later.specification.name)' after it would undo as it \(second.effect)"
      }
    }
    return nil
  }

  /// Whether parameters go at all.
  public var removes: Bool { steps.contains(where: \.method.removesParameters) }

  /// Whether what the steps make has gradients everywhere, but for kinks, where the dense model has.
  public var keepsGradients: Bool { steps.allSatisfy(\.method.keepsGradients) }

  /// The sparsity to reach after each step, so that the last one reaches what was asked for.
  ///
  /// Each of `k` steps that remove parameters keeps the same share of what it finds: after `i` of them
  /// the share `(1 − sparsity)^(i/k)` is left.
  public func targets(_ sparsity: Double) -> [Double] {
    let removing = steps.count(where: \.method.removesParameters)
    var done = 0
    return steps.map { step in
      if step.method.removesParameters { done += 1 }
      return switch done {
      case 0: 0
      case removing: sparsity
      default: 1 - pow(1 - sparsity, Double(done) / Double(removing))
      }
    }
  }

  /// Passes over the training data that all steps take together; see ``Compression``.
  public func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double {
    zip(steps, targets(sparsity)).reduce(0) { sum, item in
      sum + item.0.method.tuningEpochs(ofDense: dense, to: item.1)
    }
  }

  /// Says before anything is trained whether every step can reach its part of a sparsity.
  ///
  /// A step is asked for its share of what it finds, on the layers of the dense model.
  ///
  /// - Throws: An `InputError` where one cannot.
  public func check(_ architecture: any Architecture, to sparsity: Double) throws {
    var left = 1.0
    for (step, target) in zip(steps, targets(sparsity)) {
      try step.method.check(architecture, to: 1 - (1 - target) / left)
      left = 1 - target
    }
  }
}
