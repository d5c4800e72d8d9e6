// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Records
import Reporting
import SyntheticReports
import Testing

@Suite("Reports that cannot be compared", .timeLimit(.minutes(15)))
struct RefusalTests {
  private let base = lettered("r" * 100)

  private func refusal(_ change: (inout Report) -> Void) -> ReportError? {
    var head = base
    change(&head)
    do {
      _ = try compare(base, head)
      return nil
    } catch { return error }
  }

  @Test("Other data is refused, and what differs is named")
  func data() {
    #expect(refusal { _ in } == nil)
    let hash = refusal { $0.dataset.sha256 = "11aa" }
    #expect(hash?.code == .otherData)
    #expect(hash?.subject == "base.json and head.json")
    #expect(hash?.detail == "were made on different data: SHA-256 00ff against 11aa")
    let shape = refusal { $0.dataset.inputShape = [3, 8, 8] }
    #expect(
      shape?.code == .otherData && shape?.detail.contains("[1, 8, 8] against [3, 8, 8]") == true)
    #expect(refusal { $0.dataset.classes = 11 }?.code == .otherData)
    #expect(refusal { $0.dataset.inputRange = [-1, 1] }?.code == .otherData)
    #expect(refusal { $0.dataset.examples = 9 }?.code == .otherData)
    #expect(
      refusal {
        $0.dataset.sha256 = nil
        $0.dataset.name = "other"
      }?.detail == "were made on different data: data set synthetic against other")
    #expect(refusal { $0.dataset.name = "renamed" } == nil, "the hash is the same")
    let label = refusal {
      $0.labels = LabelRecord(
        examples: Array(0..<100), labels: (0..<100).map { $0 == 7 ? 0 : $0 % 10 })
    }
    #expect(label?.detail == "were made on different data: the class of example 7")
  }

  @Test(
    "Another threat model is refused, and both are named",
    arguments: [
      ThreatModel(norm: .l2, epsilon: .tenth), ThreatModel(norm: .linf, epsilon: .eighth),
      ThreatModel(norm: .linf, epsilon: .tenth, knowledge: .scores),
      ThreatModel(norm: .linf, epsilon: .tenth, queryBudget: 10),
      ThreatModel(norm: .linf, epsilon: .tenth, constraints: ["synonyms"]),
    ])
  func threat(threat: ThreatModel) {
    let error = refusal { $0.evaluations[0].threat = threat }
    #expect(error?.code == .otherThreat)
    #expect(error?.detail.contains("'linf 0.1, white-box' against '") == true)
  }

  @Test("Other attacks and other models are refused")
  func others() {
    #expect(refusal { $0.evaluations[0].isolation = "scores" }?.code == .otherThreat)
    let suite = refusal { $0.evaluations[0].suite = "fgsm" }
    #expect(suite?.code == .otherAttacks)
    #expect(suite?.detail == "attack with different suites: 'pgd:steps=20' against 'fgsm'")
    #expect(refusal { $0.variants[0].training = "pgd" }?.code == .nothingMatches)
    #expect(refusal { $0.variants[0].architecture = "mlp" }?.code == .nothingMatches)
    #expect(refusal { $0.evaluations = [] }?.code == .otherThreat)
  }

  @Test("One model twice under one attacker is refused")
  func twice() {
    let error = refusal {
      var copy = $0.evaluations[0]
      copy.id = "again"
      $0.evaluations.append(copy)
    }
    #expect(error?.code == .inconsistent)
  }

  @Test("Where some is shared, that is compared and the rest is listed")
  func partly() throws {
    var recipe = SyntheticReport()
    recipe.epsilons = ["0.05", "0.1"]
    let wide = recipe.report()
    recipe.epsilons = ["0.1", "0.2"]
    let comparison = try compare(wide, recipe.report())
    #expect(comparison.models.count == 4)
    #expect(comparison.onlyBase.allSatisfy { $0.hasSuffix("linf=0.05") })
    #expect(comparison.onlyHead.allSatisfy { $0.hasSuffix("linf=0.2") })
    #expect(comparison.onlyBase.count == 2 && comparison.onlyHead.count == 2)
  }
}

extension Epsilon {
  fileprivate static let tenth = radius("0.1")
  fileprivate static let eighth = radius("1/8")

  private static func radius(_ text: String) -> Epsilon {
    guard let epsilon = Epsilon(text) else { preconditionFailure("a radius is wanted") }
    return epsilon
  }
}
