// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// The sentences of a claim; each says no more than its verdict.
extension Claim {
  /// The sentence on a single checkpoint.
  func statement(on one: Case) -> String {
    let model = "this checkpoint of \(subject)"
    let points = one.comparison.pointsText
    switch (key.kind, verdict(on: one)) {
    case (.clean, .better):
      return "\(change) raised the clean accuracy of \(model) by \(points)."
    case (.clean, .worse):
      return "\(change) did not raise the clean accuracy of \(model): it lowered it by \(points)."
    case (.clean, .undecided):
      return "\(change) was not shown to raise or to lower the clean accuracy of \(model)."
    case (.robust, .worse):
      return "\(change) made \(model) easier to attack (\(key.attacker)): robust accuracy fell by "
        + "\(points)."
    case (.robust, .better):
      return "\(change) did not make \(model) easier to attack (\(key.attacker)): robust accuracy "
        + "rose by \(points)."
    case (.robust, .undecided) where one.isBlocked:
      return "Whether \(lowercaseChange) made \(model) easier to attack (\(key.attacker)) cannot "
        + "be judged: a soundness flag is up."
    case (.robust, .undecided) where one.isShown:
      return "\(change) lowered the robust accuracy of \(model) by \(points), but was not shown to "
        + "make it easier to attack (\(key.attacker)): it is also wrong more often without attack."
    case (.robust, .undecided):
      return "\(change) was not shown to make \(model) easier or harder to attack "
        + "(\(key.attacker))."
    }
  }

  /// The sentence on several seeds.
  var summary: String {
    let blocked = cases.count { $0.isBlocked }
    let counts = [Finding.Verdict.worse, .better, .undecided].map { verdict in
      cases.count { self.verdict(on: $0) == verdict && !$0.isBlocked }
    }
    let rest = blocked > 0 ? "; \(blocked) cannot be judged because a soundness flag is up" : ""
    let (effect, opposite) =
      key.kind == .clean
      ? ("lowered clean accuracy", "raised it")
      : ("was shown to make it easier to attack (\(key.attacker))", "raised its robust accuracy")
    return "Over \(cases.count) seeds, \(lowercaseChange) of \(subject) \(effect) in \(counts[0]) "
      + "and \(opposite) in \(counts[1]); neither was shown in \(counts[2])\(rest)."
  }

  private var subject: String {
    key.training == "given"
      ? "\(key.architecture) as given" : "\(key.architecture) (\(key.training) training)"
  }

  /// Ways of removing parameters that put other layers, or another model, in place of the dense ones.
  private static let replacing: Set<String> = ["distill", "structure", "shard", "low-rank"]

  /// Whether single weights or channels went and nothing else was done.
  private var isPruning: Bool {
    guard key.sparsity > 0, let recipe = try? Recipe(key.compression), recipe.steps.count == 1
    else { return false }
    return !Claim.replacing.contains(recipe.steps[0].name)
  }

  private var change: String { (isPruning ? "Pruning" : "Compression") + details }

  private var lowercaseChange: String { (isPruning ? "pruning" : "compression") + details }

  private var details: String {
    key.sparsity > 0
      ? " (\(key.compression), sparsity \(key.sparsity.fixed(3)))" : " (\(key.compression))"
  }
}
