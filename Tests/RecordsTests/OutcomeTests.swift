// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Testing

@Suite("Outcomes", .timeLimit(.minutes(15)))
struct OutcomeTests {
  @Test(
    "Broken means right before and wrong after",
    arguments: [(3, 3, 5, true), (3, 3, 3, false), (3, 5, 5, false), (3, 5, 3, false)])
  func broken(label: Int, clean: Int, adversarial: Int, broken: Bool) {
    let outcome = Outcome(
      example: 7, label: label, cleanPrediction: clean, adversarialPrediction: adversarial,
      distance: 0.1, queries: 21, gradients: 20)
    #expect(outcome.broken == broken)
    #expect(outcome.attacked)
    #expect(outcome.cleanCorrect == (label == clean))
  }

  @Test("An example left alone has no adversarial prediction and no distance")
  func unattacked() {
    let outcome = Outcome(unattacked: 7, label: 3, cleanPrediction: 3)
    #expect(!outcome.attacked && !outcome.broken && outcome.cleanCorrect)
    #expect(outcome.adversarialPrediction == nil && outcome.distance == nil)
    #expect(outcome.queries == 0 && outcome.gradients == 0 && outcome.failures == [])
  }

  @Test("Takes forty bytes")
  func size() {
    #expect(MemoryLayout<Outcome>.stride == 40)
  }

  @Test("Comes back equal from JSON")
  func roundTrip() throws {
    let outcomes = [
      Outcome(unattacked: 0, label: 1, cleanPrediction: 2),
      Outcome(
        example: 123_456, label: 9, cleanPrediction: 9, adversarialPrediction: 0,
        distance: 0.10000000149011612, queries: 5000, gradients: 100,
        failures: [.zeroGradient, .budgetSpent]),
    ]
    let text = try CanonicalJSON.line(outcomes)
    #expect(try CanonicalJSON.value([Outcome].self, from: text) == outcomes)
  }

  @Test("Failures are named in a fixed order")
  func failures() {
    let failures: Failures = [.budgetSpent, .zeroGradient]
    #expect(failures.names == ["zero-gradient", "budget-spent"])
    #expect(Failures(rawValue: 0b111111).names.count == 6)
  }
}
