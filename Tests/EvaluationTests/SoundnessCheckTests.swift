// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Foundation
import Models
import Records
import RobustCore
import Statistics
import Testing
import Torch

@testable import Evaluation

/// Attacks, and hands the examples back as they were.
private struct Forgetful: GradientAttack {
  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    _ = try ProjectedGradient(steps: 20).perturb(
      batch, within: threat, against: victim, random: random)
    return batch.inputs
  }
}

@Suite("Soundness checks", .timeLimit(.minutes(15)))
struct SoundnessCheckTests {
  private func outcome(
    _ example: Int, broken: Bool, failures: Failures = [], attacked: Bool = true
  ) -> Outcome {
    attacked
      ? Outcome(
        example: example, label: 0, cleanPrediction: 0, adversarialPrediction: broken ? 1 : 0,
        distance: 0.1, queries: 3, gradients: 2, failures: failures)
      : Outcome(unattacked: example, label: 0, cleanPrediction: 0)
  }

  @Test("Every check has a row, and every row its number, question and citation")
  func rows() {
    let names = SoundnessRow.all.map(\.check)
    #expect(Set(names).count == names.count)
    #expect(Set(SoundnessProbe.checks.map(\.row)).isSubset(of: SoundnessRow.all))
    #expect(SoundnessProbe.checks.count == Set(SoundnessProbe.checks.map(\.row)).count)
    #expect(Set(SoundnessRow.all.map(\.number)) == Set(1...19))
    #expect(SoundnessRow.all.allSatisfy { !$0.question.isEmpty && !$0.citation.isEmpty })
  }

  // With x of n, the bound is the p at which P(X >= x) is 0.05: for 1 of n it is 1 - 0.95^(1/n).
  @Test(
    "One example of a small sample is chance, and a share beyond belief blocks",
    arguments: [
      (0, 128, nil), (1, 64, nil), (2, 64, .warning), (2, 1000, nil), (6, 1000, .warning),
      (40, 1000, .blocking),
    ] as [(Int, Int, SoundnessFlag.Severity?)])
  func samplingNoise(count: Int, sample: Int, severity: SoundnessFlag.Severity?) {
    let share = SuspectShare(count: count, sample: sample)
    #expect(share.severity == severity)
    if count == 1 {
      #expect(abs(share.lowerBound - (1 - pow(0.95, 1 / Double(sample)))) < 1e-9)
    }
  }

  // Highest so far, by hand: of a rise of 1 over 20 steps, 0.5 comes after the tenth.
  @Test("The late part of a rise is that of the highest loss so far")
  func lateChange() throws {
    let line = (0..<21).map { Double($0) / 20 }
    #expect(abs(try #require(WatchedRun.lateChange(line)) - 0.5) < 1e-12)
    let early = line.map { min($0 * 10, 1) }
    #expect(WatchedRun.lateChange(early) == 0)
    // What falls at the end has not moved.
    #expect(WatchedRun.lateChange([0, 1, 3, 4, 1, 0, 2, 3]) == 0)
    #expect(WatchedRun.lateChange([0, 1, 2]) == nil)
    #expect(WatchedRun.lateChange([2, 2, 2, 2]) == 0)
  }

  @Test("An attack that forgets its successes is caught")
  func silentSuccess() async throws {
    let network = try await SoundnessModels.model(adversarially: false, seed: 2).network
    let threat = try SoundnessModels.threat()
    let attacks = [
      ResolvedExperiment.ResolvedAttack(
        specification: try Specification("pgd:steps=20"), parameters: ["steps": .integer(20)],
        reach: .ball, attack: .gradient(Forgetful()))
    ]
    let sample = try SoundnessSample.attacked(
      SoundnessModels.examples(32, "test"), by: attacks, on: network, within: threat,
      random: RandomKey(seed: 1))
    let report = try SoundnessProbe(
      network: network, sample: sample, threat: threat, attacks: attacks,
      random: RandomKey(seed: 1), budget: 20_000
    ).report()
    #expect(report.finding("silent-success")?.severity == .blocking)
    #expect(report.finding("one-step-stronger")?.severity == .blocking)
  }

  @Test("Too few steps do not converge, and more of them help")
  func tooFewSteps() async throws {
    let model = try await SoundnessModels.model(adversarially: true, seed: 1)
    let report = try SoundnessModels.report(
      model.network, features: model.featureNetwork, attacks: ["bim:steps=4:step-size=0.1"])
    #expect(report.finding("not-converged")?.severity == .warning)
    #expect(report.finding("more-steps-help")?.severity == .blocking)
    #expect(report.finding("one-step-stronger")?.severity == .blocking)
  }

  @Test("Same seed, same findings; nothing is spent beyond the budget", arguments: [0, 300, 3000])
  func budget(total: Double) async throws {
    let network = try await SoundnessModels.model(adversarially: false, seed: 3).network
    let reports = try (0..<2).map { _ in
      try SoundnessModels.report(network, attacks: ["pgd:steps=20"], budget: total)
    }
    #expect(reports[0].findings == reports[1].findings)
    #expect(reports[0].gradients <= total)
    let probed = Set(SoundnessProbe.checks.map(\.row.check))
    let order = SoundnessRow.all.map(\.check).filter(probed.contains)
    #expect(reports[0].findings.map(\.check) == order, "one finding a check, by number")
    if total == 0 {
      #expect(reports[0].findings.allSatisfy { $0.sample == 0 && $0.record.flag == nil })
    }
  }

  @Test("The budget is 15 % of the gradients, and of half of the other forward passes")
  func share() {
    // Two gradients and one more query: 2.5 for each of ten examples.
    let outcomes = (0..<10).map { outcome($0, broken: false) }
    #expect(abs(SoundnessProbe.budget(of: [outcomes]) - 0.15 * 25) < 1e-12)
  }

  @Test("Findings survive their JSON form")
  func codable() throws {
    let finding = SuspectShare(count: 5, sample: 50).finding(.noise, "noise broke", remedy: "look")
    let data = try JSONEncoder().encode(finding)
    #expect(try JSONDecoder().decode(SoundnessFinding.self, from: data) == finding)
    #expect(finding.record.flag?.check == "noise-stronger")
    #expect(SoundnessFinding.leftOut(.noise, threshold: 0, because: "x").record.flag == nil)
  }

  @Test("A sample holds correctly classified examples, and knows which ones stand")
  func sample() {
    let examples = SoundnessModels.examples(8, "test")
    let first = (0..<8).map { index in
      index < 2
        ? Outcome(unattacked: index, label: 0, cleanPrediction: 1)
        : outcome(index, broken: index < 4)
    }
    let second = (0..<8).map { outcome($0, broken: $0 == 7, attacked: $0 >= 4) }
      .enumerated().map { index, outcome in
        index < 2 ? Outcome(unattacked: index, label: 0, cleanPrediction: 1) : outcome
      }
    let sample = SoundnessSample(
      of: examples, outcomes: [first, second], random: RandomKey(seed: 1))
    #expect(sample.batch.indices == [2, 3, 4, 5, 6, 7])
    #expect(sample.isStanding == [false, false, true, true, true, false])
    #expect(sample.standing.indices == [4, 5, 6])
    #expect(sample.prefix(3).standing.indices == [4])
  }
}

@Suite("Soundness read off outcomes", .timeLimit(.minutes(15)))
struct SoundnessOutcomeTests {
  private func outcomes(_ count: Int, broken: Set<Int>, without: Set<Int> = []) -> [Outcome] {
    (0..<count).map { example in
      without.contains(example)
        ? Outcome(unattacked: example, label: 0, cleanPrediction: 0)
        : Outcome(
          example: example, label: 0, cleanPrediction: 0,
          adversarialPrediction: broken.contains(example) ? 1 : 0, distance: 0.1, queries: 1,
          gradients: 1)
    }
  }

  @Test(
    "A model that answers one class is flagged, where the examples have several and are enough",
    arguments: [(30, 3, 1, true), (30, 1, 1, false), (30, 3, 2, false), (19, 3, 1, false)])
  func oneAnswer(count: Int, classes: Int, answers: Int, isFlagged: Bool) throws {
    let outcomes = (0..<count).map {
      Outcome(unattacked: $0, label: $0 % classes, cleanPrediction: $0 % answers)
    }
    let finding = try #require(
      OutcomeChecks(attacks: try SoundnessModels.attacks(["fgsm"]), outcomes: [outcomes]).findings
        .first { $0.check == "one-answer" })
    #expect(finding.record.severity == (isFlagged ? .blocking : nil))
    #expect(finding.value == Double(answers) && finding.sample == count)
  }

  @Test(
    "A model that only another one's adversarial inputs were tried on is named",
    arguments: [
      (["transfer"], true), (["uniform", "transfer"], true), (["transfer", "square"], false),
    ])
  func borrowed(names: [String], isFlagged: Bool) throws {
    let outcomes = names.map { _ in
      (0..<30).map { Outcome(unattacked: $0, label: $0 % 2, cleanPrediction: $0 % 2) }
    }
    let finding = try #require(
      OutcomeChecks(attacks: try SoundnessModels.attacks(names), outcomes: outcomes).findings
        .first { $0.check == "transfer-alone" })
    #expect(finding.record.severity == (isFlagged ? .warning : nil))
  }

  private func blackBox(_ names: [String], _ outcomes: [[Outcome]]) throws -> SoundnessFinding {
    try #require(
      OutcomeChecks(attacks: try SoundnessModels.attacks(names), outcomes: outcomes).findings
        .first { $0.check == "black-box-stronger" })
  }

  @Test(
    "What square finds after gradients have failed is suspect beyond chance",
    arguments: [(1, nil), (8, .warning), (60, .blocking)] as [(Int, SoundnessFlag.Severity?)])
  func blackBoxAfterGradients(found: Int, severity: SoundnessFlag.Severity?) throws {
    let finding = try blackBox(
      ["pgd", "square"],
      [outcomes(1000, broken: []), outcomes(1000, broken: Set(0..<found))])
    #expect(finding.severity == severity)
    #expect(finding.value == Double(found) / 1000)
  }

  @Test("Noise that runs first, and square without gradients beside it, prove nothing")
  func blackBoxAlone() throws {
    let many = Set(0..<300)
    let first = try blackBox(
      ["uniform", "pgd", "square"],
      [
        outcomes(1000, broken: many), outcomes(1000, broken: [], without: many),
        outcomes(1000, broken: [], without: many),
      ])
    #expect(first.record.flag == nil && first.value == 0)
    let alone = try blackBox(["square"], [outcomes(1000, broken: many)])
    #expect(alone.record.flag == nil && alone.sample == 0)
  }

  @Test("Noted failures are counted once for each example")
  func failures() throws {
    let failed = (0..<100).map { example in
      Outcome(
        example: example, label: 0, cleanPrediction: 0, adversarialPrediction: 0, distance: 0,
        queries: 1, gradients: 1,
        failures: example < 10 ? [.zeroGradient] : example < 30 ? [.unstablePrediction] : [])
    }
    let flags = OutcomeChecks(
      attacks: try SoundnessModels.attacks(["pgd", "apgd-ce"]), outcomes: [failed, failed]
    ).findings.compactMap(\.record.flag)
    #expect(flags.map(\.check) == ["zero-gradient", "invalid-adversarial"])
    #expect(flags.map(\.value) == [0.1, 0.2])
    #expect(flags.map(\.severity) == [.blocking, .warning])
  }

  @Test(
    "What breaks in the smaller ball must break in the larger",
    arguments: [
      ([], [], nil), ([0, 1], [0, 1, 2], nil), ([0, 1, 2], [1, 2, 3, 4], .note),
      (Array(0..<20), Array(10..<60), .warning), (Array(0..<200), Array(0..<50), .blocking),
    ] as [([Int], [Int], SoundnessFlag.Severity?)])
  func rising(smaller: [Int], larger: [Int], severity: SoundnessFlag.Severity?) {
    let finding = RisingWithEpsilon.finding(
      smaller: [outcomes(1000, broken: Set(smaller))],
      larger: [outcomes(1000, broken: Set(larger))])
    #expect(finding.severity == severity)
    #expect(finding.value == Double(Set(smaller).subtracting(larger).count) / 1000)
  }

  @Test(
    "A loss that ranks more classes than there are is refused", arguments: [3: true, 10: false])
  func lossClasses(classes: Int, isFlagged: Bool) throws {
    let attacks = [try Specification("pgd"), try Specification("apgd-t")]
    let finding = try LossClasses.finding(attacks, classes: classes)
    #expect((finding.severity == .blocking) == isFlagged)
    #expect(finding.value == 4)
  }
}
