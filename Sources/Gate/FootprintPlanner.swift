// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Records

/// Judges what a model takes, for which no test is needed: figures are exact or have an interval.
struct FootprintPlanner {
  let report: ReportIndex
  let baseline: ReportIndex?

  func cases(
    _ figure: FootprintFigure, _ bound: FootprintBound, _ rule: Rule
  ) throws(GateError) -> [PlannedCase] {
    if case .increase = bound, baseline == nil { throw .needsBaseline(rule) }
    return selected(figure, rule).map { variant in
      guard let value = figure.value(of: variant) else {
        return .settled(variant.id, .inconclusive, "was not measured")
      }
      return switch bound {
      case .atMost(let limit): judged(variant, value, figure, atMost: limit)
      case .atLeast(let limit): judged(variant, value, figure, atLeast: limit)
      case .increase(let share): increase(variant, value, figure, share)
      }
    }
  }

  /// The models that a rule is for.
  func selected(_ figure: FootprintFigure, _ rule: Rule) -> [VariantRecord] {
    report.report.variants.filter { variant in
      // A dense model has nothing to be gone.
      rule.selector.fits(variant) && (figure != .sparsity || variant.parent != nil)
    }
  }

  private func judged(
    _ variant: VariantRecord, _ value: MedianRecord, _ figure: FootprintFigure,
    atMost limit: Double, what: String = ""
  ) -> PlannedCase {
    let verdict: GateVerdict =
      value.high <= limit ? .pass : value.low > limit ? .fail : .inconclusive
    return .settled(
      variant.id, verdict, "\(text(value, figure)), at most \(limit.shortText) is allowed\(what)",
      value: value.median)
  }

  private func judged(
    _ variant: VariantRecord, _ value: MedianRecord, _ figure: FootprintFigure,
    atLeast limit: Double
  ) -> PlannedCase {
    let verdict: GateVerdict =
      value.low >= limit ? .pass : value.high < limit ? .fail : .inconclusive
    return .settled(
      variant.id, verdict, "\(text(value, figure)), at least \(limit.shortText) is demanded",
      value: value.median)
  }

  private func increase(
    _ variant: VariantRecord, _ value: MedianRecord, _ figure: FootprintFigure, _ share: Double
  ) -> PlannedCase {
    let other = baseline?.report.variants.first {
      MethodKey($0) == MethodKey(variant) && $0.seed == variant.seed
    }
    guard let other, let before = figure.value(of: other) else {
      return .settled(
        variant.id, .inconclusive, "the baseline has no such model, or did not measure it")
    }
    if figure.isMeasured, let machine = otherMachine {
      return .settled(variant.id, .inconclusive, "was measured on another machine: \(machine)")
    }
    let factor = 1 + share
    guard before.low < before.high || value.low < value.high else {
      return judged(
        variant, value, figure, atMost: before.median * factor,
        what: ", \(before.median.shortText) in the baseline")
    }
    // Both sides are known within bounds: only what holds for all values in them is decided.
    let verdict: GateVerdict =
      value.high <= before.low * factor
      ? .pass : value.low > before.high * factor ? .fail : .inconclusive
    return .settled(
      variant.id, verdict,
      "\(text(value, figure)), \(text(before, figure)) in the baseline, "
        + "\((share * 100).fixed(1)) % more is allowed", value: value.median)
  }

  private var otherMachine: String? {
    guard let left = baseline?.report.environment else { return nil }
    let right = report.report.environment
    let same = left.cpu == right.cpu && left.cores == right.cores && left.device == right.device
    return same ? nil : "\(left.cpu), \(left.cores) cores, \(left.device)"
  }

  private func text(_ value: MedianRecord, _ figure: FootprintFigure) -> String {
    figure.isMeasured
      ? "\(value.median.fixed(3)) [\(value.low.fixed(3)), \(value.high.fixed(3))]"
      : value.median.shortText
  }
}
