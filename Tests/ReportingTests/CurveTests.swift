// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import Testing

@testable import Reporting

@Suite("Security curves of a report", .timeLimit(.minutes(15)))
struct CurveTests {
  private func outcome(_ example: Int, _ distance: Double?, clean: Bool = true) -> Outcome {
    guard clean else { return Outcome(unattacked: example, label: 1, cleanPrediction: 0) }
    return Outcome(
      example: example, label: 1, cleanPrediction: 1,
      adversarialPrediction: distance == nil ? 1 : 0,
      distance: distance ?? 0, queries: 1, gradients: 1
    ).within(0.1)
  }

  private func attack(_ name: String, _ outcomes: [Outcome]) -> AttackOutcomes {
    AttackOutcomes(name: name, parameters: [:], seconds: 0, outcomes: outcomes)
  }

  @Test("The nearest of all attacks makes the curve, and epsilon the robust accuracy")
  func fromDistances() throws {
    let threat = ThreatModel(norm: .l2, epsilon: try #require(Epsilon("0.1")))
    let judged = Analysis.judged(
      EvaluationOutcomes(
        id: "a", variant: "d", threat: threat, suite: "min-norm",
        attacks: [
          attack(
            "x",
            [outcome(0, 0.05), outcome(1, 0.3), outcome(2, nil), outcome(3, nil, clean: false)]),
          attack(
            "y", [outcome(0, 0.2), outcome(1, 0.2), outcome(2, nil), outcome(3, nil, clean: false)]),
        ], mode: .nearest))
    #expect(judged.distances == [0.05, 0.2, nil, 0])
    // Right and not broken within 0.1: the second and the third.
    #expect(judged.record.robustAccuracy.value == 0.5)
    #expect(judged.record.attacks.map(\.ownAccuracy?.value) == [0.5, 0.75])
    let curve = try #require(Analysis.curves(of: [judged]).first)
    #expect(curve.source == .distances && curve.points.count == 33)
    #expect(curve.points[0].epsilon == 0 && curve.points[0].accuracy.value == 0.75)
    #expect(curve.points[32].epsilon == 0.2 && curve.points[32].accuracy.value == 0.25)
    #expect(abs(curve.area - (0.05 + 0.2 + 0.2 + 0) / 4) <= 1e-12)
    #expect(abs((curve.medianDistance ?? 0) - 0.125) <= 1e-12)
  }

  @Test("Several radii make a curve that never rises")
  func fromRadii() throws {
    func judged(_ epsilon: String, _ broken: [Bool]) throws -> JudgedEvaluation {
      Analysis.judged(
        EvaluationOutcomes(
          id: epsilon, variant: "d",
          threat: ThreatModel(norm: .linf, epsilon: try #require(Epsilon(epsilon))), suite: "q",
          attacks: [attack("x", broken.enumerated().map { outcome($0, $1 ? 0.01 : nil) })]))
    }
    // What the smaller ball broke the larger did not: it still counts.
    let curves = Analysis.curves(
      of: [
        try judged("0.2", [false, true, true, false]),
        try judged("0.1", [true, false, false, false]),
      ])
    let curve = try #require(curves.first)
    #expect(curves.count == 1 && curve.source == .radii)
    #expect(curve.points.map(\.epsilon) == [0, 0.1, 0.2])
    #expect(curve.points.map(\.accuracy.value) == [1, 0.75, 0.25])
    #expect(abs(curve.area - (0.1 * 0.875 + 0.1 * 0.5)) <= 1e-12)
    #expect(abs((curve.medianDistance ?? 0) - 0.15) <= 1e-12)
  }

  @Test("Where no ball binds there is a mean over the attacks, and no curve")
  func eachAlone() throws {
    let threat = ThreatModel(
      norm: .linf, epsilon: try #require(Epsilon("0.1")), constraints: ["none"])
    let judged = Analysis.judged(
      EvaluationOutcomes(
        id: "a", variant: "d", threat: threat, suite: "corruptions",
        attacks: [
          attack("x", [outcome(0, 0.05), outcome(1, nil)]),
          attack("y", [outcome(0, nil), outcome(1, nil)]),
        ], mode: .eachAlone))
    #expect(judged.record.meanAccuracy == 0.75 && judged.record.robustAccuracy.value == 0.5)
    #expect(Analysis.curves(of: [judged]).isEmpty)
  }
}
