// SPDX-License-Identifier: GPL-3.0-or-later

extension Policy {
  /// The first rule that compares with a baseline, or nil.
  public var ruleThatNeedsBaseline: Rule? { rules.first(where: \.needsBaseline) }

  /// The first rule that takes all examples of a run, so that none of it can be saved; or nil.
  public var ruleThatTakesAllExamples: Rule? {
    rules.first { if case .methodLoss = $0.demand { true } else { false } }
  }
}

extension FootprintBound {
  fileprivate var isRelative: Bool { if case .increase = self { true } else { false } }
}

extension Rule {
  /// Whether it compares with a baseline.
  public var needsBaseline: Bool {
    switch demand {
    case .loss(_, _, let reference, _): reference == .baseline
    case .methodLoss: true
    case .footprint(_, let bound): bound.isRelative
    case .floor, .flags, .isolation: false
    }
  }
}
