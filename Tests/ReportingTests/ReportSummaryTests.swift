// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Statistics
import TestSupport
import Testing

@testable import Reporting

@Suite("Summary of a report", .timeLimit(.minutes(15)))
struct ReportSummaryTests {
  /// A dense model that is right everywhere, and a compressed one given by letters.
  private func summary(_ letters: String, flags: [SoundnessFlag] = []) -> ReportSummary {
    let judged = [
      EvaluationOutcomes.letters("r" * letters.count, id: "d", variant: "d"),
      .letters(letters, id: "p", variant: "p", flags: flags),
    ].map(Analysis.judged)
    return ReportSummary(
      Analysis.completed(.small([.small("d"), .small("p", parent: "d")]), with: judged))
  }

  @Test(
    "One answer for each case",
    arguments: [
      ("r" * 30, ReportSummary.Answer.notShown), ("b" * 20 + "r" * 10, .easier),
      ("x" * 20 + "r" * 10, .lessAccurate), ("b" + "r" * 29, .notShown),
    ])
  func answers(letters: String, answer: ReportSummary.Answer) {
    let summary = summary(letters)
    #expect(summary.rows.map(\.answer) == [answer])
    #expect(ReportSummary.Answer.allCases.map { summary.count($0) }.reduce(0, +) == 1)
  }

  @Test("Accuracy that is lost where nothing was robust before is a loss")
  func onlyClean() {
    let judged = [
      EvaluationOutcomes.letters("b" * 30, id: "d", variant: "d"),
      .letters("x" * 20 + "b" * 10, id: "p", variant: "p"),
    ].map(Analysis.judged)
    let summary = ReportSummary(
      Analysis.completed(.small([.small("d"), .small("p", parent: "d")]), with: judged))
    #expect(summary.rows.map(\.answer) == [.onlyLessAccurate])
    #expect(summary.rows.allSatisfy { $0.isWorse && $0.losesAccuracy })
  }

  @Test("A model that is more robust than its parent is said to be")
  func better() {
    let judged = [
      EvaluationOutcomes.letters("b" * 30, id: "d", variant: "d"),
      .letters("r" * 30, id: "p", variant: "p"),
    ].map(Analysis.judged)
    let report = Analysis.completed(.small([.small("d"), .small("p", parent: "d")]), with: judged)
    #expect(ReportSummary(report).rows.map(\.answer) == [.harder])
  }

  @Test("What a blocking flag is up on is not judged, and is no largest loss")
  func blocked() {
    let flag = SoundnessFlag(
      check: "x", severity: .blocking, value: 1, threshold: 0, message: "m")
    let summary = summary("b" * 20 + "r" * 10, flags: [flag])
    #expect(summary.rows.map(\.answer) == [.blocked])
    #expect(summary.worst == [] && summary.flagged(.blocking) == 1)
  }

  @Test("The largest loss is the first, and models without a test are said to be without")
  func order() {
    let judged = [
      EvaluationOutcomes.letters("r" * 30, id: "d", variant: "d"),
      .letters("b" * 3 + "r" * 27, id: "one", variant: "one"),
      .letters("b" * 9 + "r" * 21, id: "two", variant: "two"),
      .letters("r" * 30, id: "alone", variant: "alone", suite: "other"),
    ].map(Analysis.judged)
    let report = Analysis.completed(
      .small([
        .small("d"), .small("one", parent: "d"), .small("two", parent: "d"),
        .small("alone", parent: "d"),
      ]), with: judged)
    let summary = ReportSummary(report)
    #expect(summary.worst.map { report.comparisons[$0].head } == ["two", "one"])
    #expect(summary.worstFirst.map(\.evaluation.id) == ["two", "one", "alone"])
    #expect(summary.count(.withoutTest) == 1)
  }
}

@Suite("Trade-off front", .timeLimit(.minutes(15)))
struct TradeOffFrontTests {
  @Test("It is what no other point beats, found by comparing all with all", arguments: 1...20)
  func bruteForce(seed: UInt64) {
    let stream = RandomKey(seed: seed).stream()
    let count = Int(stream.uniform() * 12)
    // Few values, so that many points share one or both.
    let points = (0..<count).map { _ in
      (cost: (stream.uniform() * 4).rounded(), worth: (stream.uniform() * 4).rounded())
    }
    let expected = points.indices.filter { index in
      !points.indices.contains { other in
        let (one, two) = (points[other], points[index])
        return one.cost <= two.cost && one.worth >= two.worth
          && (one.cost < two.cost || one.worth > two.worth)
      }
    }
    let found = TradeOffFront.indices(points)
    #expect(Set(found) == Set(expected) && found.count == expected.count, "seed \(seed)")
    #expect(found.map { points[$0].cost } == found.map { points[$0].cost }.sorted())
  }
}
