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
    /// Its place in the catalog.
    public let member: CompressionMember
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
          specification: specification, member: member,
          method: try member.compression(specification)))
    }
    self.steps = steps
  }

  /// Why the steps make no sense in this order; nil where they do.
  public var objection: String? {
    for (earlier, later) in zip(steps, steps.dropFirst()) {
      let (first, second) = (earlier.member.stage, later.member.stage)
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
  public var removes: Bool { steps.contains(where: \.member.removes) }

  /// Whether what the steps make has gradients everywhere, but for kinks, where the dense model has.
  public var keepsGradients: Bool { steps.allSatisfy(\.method.keepsGradients) }

  /// The sparsity to reach after each step, so that the last one reaches what was asked for.
  ///
  /// Each of `k` steps that remove parameters keeps the same share of what it finds: after `i` of them
  /// the share `(1 − sparsity)^(i/k)` is left.
  public func targets(_ sparsity: Double) -> [Double] {
    let removing = steps.count(where: \.member.removes)
    var done = 0
    return steps.map { step in
      if step.member.removes { done += 1 }
      return switch done {
      case 0: 0
      case removing: sparsity
      default: 1 - pow(1 - sparsity, Double(done) / Double(removing))
      }
    }
  }

  /// Says before anything is trained whether every step can reach its part of a sparsity.
  ///
  /// - Throws: An `InputError` where one cannot.
  public func check(_ architecture: any Architecture, to sparsity: Double) throws {
    for (step, target) in zip(steps, targets(sparsity)) {
      try step.method.check(architecture, to: target)
    }
  }
}
