// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Testing

@testable import Reporting

@Suite("What attacks spent", .timeLimit(.minutes(15)))
struct EffortTests {
  private func outcome(_ example: Int, queries: Int, gradients: Int) -> Outcome {
    Outcome(
      example: example, label: 0, cleanPrediction: 0, adversarialPrediction: 0, distance: 0.1,
      queries: queries, gradients: gradients)
  }

  /// Two attacks on four examples: the first spends 10 and 10 on three of them, the second 40 on one.
  private func judged(_ mode: JudgingMode = .worstCase) throws -> JudgedEvaluation {
    let first =
      (0..<3).map { outcome($0, queries: 10, gradients: 10) } + [
        Outcome(unattacked: 3, label: 0, cleanPrediction: 1)
      ]
    let second =
      [outcome(0, queries: 40, gradients: 0)]
      + (1..<4).map { Outcome(unattacked: $0, label: 0, cleanPrediction: $0 == 3 ? 1 : 0) }
    return Analysis.judged(
      EvaluationOutcomes(
        id: "e", variant: "d", threat: .tenth, suite: "s",
        attacks: [
          AttackOutcomes(name: "a", seconds: 3, outcomes: first),
          AttackOutcomes(name: "b", seconds: 1, outcomes: second),
        ], mode: mode))
  }

  @Test("The share of all is by the costliest example of each attack")
  func shareByHand() throws {
    let effort = try #require(
      Analysis.effort(of: [try judged(), try judged()], variants: [.small("d")]))
    #expect(effort.queries == 140 && effort.gradients == 60 && effort.seconds == 8)
    // Of each evaluation 100 passes, where four examples would have cost 20 and 40 each.
    #expect(effort.shareOfAll == 200.0 / 480)
    #expect(effort.pace == nil, "the model was not timed")
  }

  @Test("The pace is the time of bare passes over the time that was taken")
  func paceByHand() throws {
    var variant = VariantRecord.small("d")
    variant.passes = PassRecord(queriesPerSecond: 20, gradientsPerSecond: 30)
    let effort = try #require(Analysis.effort(of: [try judged()], variants: [variant]))
    // 40 queries without a gradient take two seconds, 30 gradients one.
    #expect(effort.pace == 0.75)
    let report = Analysis.completed(.small([variant]), with: [try judged()])
    #expect(report.effort == effort)
    let sentence = try #require(ReportProse.effort(of: report))
    #expect(sentence.contains("70 queries and 30 gradients, 41.7 %"))
    #expect(sentence.contains("at 75.0 % of the pace"))
  }

  @Test("Radii that share one search count once")
  func sharedSearch() throws {
    let once = try #require(Analysis.effort(of: [try judged(.nearest)], variants: []))
    let twice = try #require(
      Analysis.effort(of: [try judged(.nearest), try judged(.nearest)], variants: []))
    #expect(once == twice)
  }
}
