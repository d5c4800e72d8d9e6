// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Reporting
import Statistics
import Testing

@Suite("Analysis", .timeLimit(.minutes(15)))
struct AnalysisTests {
  private func attacked(_ example: Int, _ adversarial: Int, _ distance: Double) -> Outcome {
    Outcome(
      example: example, label: 0, cleanPrediction: 0, adversarialPrediction: adversarial,
      distance: distance, queries: 10, gradients: 4)
  }

  private func untouched(_ example: Int, clean: Int) -> Outcome {
    Outcome(unattacked: example, label: 0, cleanPrediction: clean)
  }

  /// Example 0 falls to the first attack, 1 to the second, 2 and 4 to none; 3 is wrong anyhow.
  private var observed: EvaluationOutcomes {
    EvaluationOutcomes(
      id: "e", variant: "v", threat: .tenth, suite: "quick",
      attacks: [
        AttackOutcomes(
          name: "fgsm", seconds: 0.5,
          outcomes: [
            attacked(0, 7, 0.05), attacked(1, 0, 0.1), attacked(2, 0, 0.1),
            untouched(3, clean: 2), attacked(4, 0, 0.1),
          ]),
        AttackOutcomes(
          name: "pgd", parameters: ["steps": 20], seconds: 2,
          outcomes: [
            untouched(0, clean: 0), attacked(1, 3, 0.08), attacked(2, 0, 0.1),
            untouched(3, clean: 2), attacked(4, 0, 0.1),
          ]),
      ], certified: [false, false, true, false, true])
  }

  private func expect(
    _ estimate: Estimate?, _ value: Double, _ low: Double, _ high: Double,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let estimate = try #require(estimate, sourceLocation: location)
    #expect(abs(estimate.value - value) < 1e-12, sourceLocation: location)
    #expect(abs(estimate.low - low) < 5e-5, "table to four digits", sourceLocation: location)
    #expect(abs(estimate.high - high) < 5e-5, "table to four digits", sourceLocation: location)
    #expect(estimate.level == 0.95, sourceLocation: location)
  }

  @Test("Robust means right and broken by no attack, over all examples")
  func worstCase() throws {
    let judged = Analysis.judged(observed)
    #expect(judged.verdicts.cleanCorrect == [true, true, true, false, true])
    #expect(judged.verdicts.robust == [false, false, true, false, true])
    #expect(judged.record.examples == 5)
    // Clopper-Pearson limits as tables have them for 4, 2 and 2 of 5.
    try expect(judged.record.cleanAccuracy, 0.8, 0.2836, 0.9949)
    try expect(judged.record.robustAccuracy, 0.4, 0.0527, 0.8534)
    try expect(judged.record.certifiedAccuracy, 0.4, 0.0527, 0.8534)
  }

  @Test("Each attack has a row with what was left after it")
  func rows() throws {
    let rows = Analysis.judged(observed).record.attacks
    #expect(rows.map(\.name) == ["fgsm", "pgd"])
    #expect(rows.map(\.attacked) == [4, 3])
    #expect(rows.map(\.broken) == [1, 1])
    #expect(rows.map(\.queries) == [40, 30])
    #expect(rows.map(\.gradients) == [16, 12])
    #expect(rows.map(\.medianDistance) == [0.05, 0.08])
    #expect(rows.map(\.robustAccuracy) == [0.6, 0.4])
    #expect(rows.map(\.seconds) == [0.5, 2])
    #expect(rows[1].parameters == ["steps": 20])
    #expect(abs(rows[0].low - 0.1466) < 5e-5 && abs(rows[0].high - 0.9473) < 5e-5)
  }

  @Test("An example that two attacks break counts for the first")
  func brokenTwice() {
    var both = observed
    both.attacks[1].outcomes[0] = attacked(0, 5, 0.02)
    let record = Analysis.judged(both).record
    #expect(record.attacks.map(\.broken) == [1, 1])
    #expect(record.robustAccuracy.value == 0.4)
  }

  @Test("An attack that breaks nothing has no median distance")
  func nothingBroken() {
    let record = Analysis.judged(.letters("rxrr", id: "e", variant: "v")).record
    #expect(record.attacks.map(\.medianDistance) == [nil])
    #expect(record.robustAccuracy == record.cleanAccuracy)
  }

  @Test("Laws of any outcomes, in any order", arguments: 0..<20)
  func laws(seed: Int) {
    let random = RandomKey(seed: 1).split("analysis").split(seed).stream()
    let count = 1 + random.integer(below: 60)
    let clean = (0..<count).map { _ in random.bernoulli(0.8) ? 0 : 1 }
    var attacks = (0..<3).map { attack in
      AttackOutcomes(
        name: "attack \(attack)", seconds: 0,
        outcomes: (0..<count).map { example in
          Outcome(
            example: example, label: 0, cleanPrediction: clean[example],
            adversarialPrediction: random.integer(below: 3) == 0 ? 1 : 0,
            distance: random.uniform(), queries: 1, gradients: 1)
        })
    }
    func judge() -> JudgedEvaluation {
      Analysis.judged(
        EvaluationOutcomes(id: "e", variant: "v", threat: .tenth, suite: "s", attacks: attacks))
    }
    let first = judge()
    let record = first.record
    let shares = [record.cleanAccuracy.value] + record.attacks.map(\.robustAccuracy)
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 >= $1 }, "no attack makes right")
    #expect(record.attacks.last?.robustAccuracy == record.robustAccuracy.value)
    let lost = first.verdicts.cleanCorrect.count { $0 } - first.verdicts.robust.count { $0 }
    #expect(record.attacks.map(\.broken).reduce(0, +) == lost)
    for index in attacks.indices {
      let order = random.permutation(count)
      attacks[index].outcomes = order.map { attacks[index].outcomes[$0] }
    }
    #expect(judge() == first, "the order of the outcomes says nothing")
    attacks.reverse()
    #expect(judge().verdicts.robust == first.verdicts.robust, "nor that of the attacks")
  }
}
