// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Reporting
import Testing

@Suite("Comparisons", .timeLimit(.minutes(15)))
struct ComparisonTests {
  private let variants: [VariantRecord] = [
    .small("dense"), .small("pruned", parent: "dense"), .small("other", parent: "dense"),
  ]

  private func compare(_ evaluations: [EvaluationOutcomes]) -> [ComparisonRecord] {
    Analysis.comparisons(of: evaluations.map(Analysis.judged), variants: variants)
  }

  /// The head loses 30 robust examples and wins 15 of 1,000; clean accuracy stays.
  private var published: [EvaluationOutcomes] {
    [
      .letters("r" * 30 + "b" * 15 + "r" * 955, id: "d", variant: "dense"),
      .letters("b" * 30 + "r" * 15 + "r" * 955, id: "p", variant: "pruned"),
    ]
  }

  @Test("The published example: 30 lost and 15 won of 1,000")
  func publishedExample() throws {
    let comparisons = compare(published)
    #expect(comparisons.map(\.kind) == [.clean, .robust])
    let robust = try #require(comparisons.last)
    #expect(robust.base == "d" && robust.head == "p")
    #expect(robust.b == 30 && robust.c == 15 && robust.n == 1000)
    #expect(abs(robust.difference + 0.015) < 1e-12)
    #expect(abs(robust.pExact - 0.035697803555) < 1e-9)
    #expect(abs(robust.pMid - 0.0259) < 5e-5, "published to four digits")
    // Tango's interval, from the likelihood maximised numerically by another program.
    #expect(abs(robust.low + 0.029088422) < 1e-7)
    #expect(abs(robust.high + 0.001932241) < 1e-7)
    // Holm over two tests, of which the other has p = 1.
    #expect(abs(robust.pHolm - 2 * 0.035697803555) < 1e-9)
    #expect(comparisons.first?.pExact == 1 && comparisons.first?.pHolm == 1)
  }

  @Test("Clean correctness is compared once, robust correctness under each attacker")
  func onceClean() throws {
    let twice = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0.2")))
    let comparisons = compare([
      .letters("rrxb", id: "d1", variant: "dense"),
      .letters("rbxb", id: "d2", variant: "dense", threat: twice),
      .letters("rrrb", id: "p1", variant: "pruned"),
      .letters("bbrb", id: "p2", variant: "pruned", threat: twice),
    ])
    #expect(comparisons.map(\.kind) == [.clean, .robust, .robust])
    #expect(comparisons.map(\.base) == ["d1", "d1", "d2"])
    #expect(comparisons.map(\.head) == ["p1", "p1", "p2"])
    #expect(comparisons.map(\.b) == [0, 0, 1])
    #expect(comparisons.map(\.c) == [1, 1, 1])
    // The example that the head wins is one that the base has wrong without attack.
    #expect(comparisons.map(\.bAttacked) == [nil, 0, 1])
    #expect(comparisons.map(\.cAttacked) == [nil, 0, 0])
  }

  @Test("Another attacker, suite or isolation is not compared with")
  func otherTest() throws {
    let l2 = ThreatModel(norm: .l2, epsilon: .tenth)
    let head = EvaluationOutcomes.letters("rb", id: "p", variant: "pruned")
    #expect(compare([.letters("rb", id: "d", variant: "dense", threat: l2), head]).isEmpty)
    #expect(compare([.letters("rb", id: "d", variant: "dense", suite: "full"), head]).isEmpty)
    var isolated = EvaluationOutcomes.letters("rb", id: "d", variant: "dense")
    isolated.isolation = "process"
    #expect(compare([isolated, head]).isEmpty)
    #expect(compare([head]).isEmpty)
  }

  @Test("Only examples that both were judged on count")
  func sharedExamples() throws {
    // Dense saw 0...4, pruned 3...7: examples 3 and 4 are shared.
    let comparisons = compare([
      .letters("bbbrb", id: "d", variant: "dense"),
      .letters("bbrrr", id: "p", variant: "pruned", start: 3),
    ])
    #expect(comparisons.map(\.n) == [2, 2])
    #expect(comparisons.map(\.b) == [0, 1])
    #expect(comparisons.map(\.c) == [0, 0])
    #expect(
      compare([
        .letters("rr", id: "d", variant: "dense"),
        .letters("rr", id: "p", variant: "pruned", start: 2),
      ]).isEmpty)
  }

  @Test("Holm's correction is over all comparisons of the report")
  func holm() {
    // Robust: 12 lost, 1 won (p = 0.00341797) and 2 lost, 4 won (p = 0.6875), of 200; clean equal.
    let comparisons = compare([
      .letters("r" * 14 + "b" * 5 + "r" * 181, id: "d", variant: "dense"),
      .letters("b" * 12 + "rr" + "r" + "b" * 4 + "r" * 181, id: "p", variant: "pruned"),
      .letters("bb" + "r" * 12 + "rrrr" + "b" + "r" * 181, id: "o", variant: "other"),
    ])
    let robust = comparisons.filter { $0.kind == .robust }
    #expect(robust.map(\.b) == [12, 2])
    #expect(robust.map(\.c) == [1, 4])
    for (found, exact) in zip(robust, [0.00341796875, 0.6875]) {
      #expect(abs(found.pExact - exact) < 1e-12, "the beta function of GSL")
      #expect(abs(found.pHolm - min(1, 4 * exact)) < 1e-12)
    }
    #expect(abs(robust[0].low + 0.097678343) < 1e-7 && abs(robust[0].high + 0.023869884) < 1e-7)
  }
}
