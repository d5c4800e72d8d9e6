// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import Testing
import Torch

@testable import Evaluation

@Suite("Soundness of models with a planted fault", .timeLimit(.minutes(15)))
struct SoundnessPlantedCaseTests {

  enum Case: String, CaseIterable {
    case loudLogits, hardSign, quantisedInput, oneHot, gambling, dropout, winnersTakeAll, softmax
    case stubborn

    /// The checks that must not be passed; all of them block.
    var flags: Set<String> {
      switch self {
      case .loudLogits: ["zero-gradient", "unbounded-attack"]
      case .hardSign, .quantisedInput:
        [
          "zero-gradient", "not-differentiable", "unbounded-attack", "black-box-stronger",
          "transfer-stronger", "planted-examples",
        ]
      case .oneHot: ["zero-gradient", "probabilities-not-logits", "unbounded-attack"]
      case .gambling, .dropout: ["random-output"]
      case .winnersTakeAll: ["planted-examples", "not-differentiable"]
      case .softmax: ["probabilities-not-logits"]
      case .stubborn: ["zero-gradient", "unbounded-attack"]
      }
    }

    func network(_ inner: any Network) -> any Network {
      switch self {
      case .loudLogits: LoudNetwork(inner: inner)
      case .hardSign: HardSignNetwork(inner: inner)
      case .quantisedInput: QuantisedNetwork(inner: inner)
      case .oneHot: OneHotNetwork(inner: inner)
      case .gambling: GamblingNetwork(inner)
      case .dropout: DropoutNetwork(inner)
      case .winnersTakeAll: WinnersNetwork(seed: 1)
      case .softmax: SoftmaxNetwork(inner: inner)
      case .stubborn: StubbornNetwork()
      }
    }
  }

  @Test("Each fault raises its flags, and they block", arguments: Case.allCases)
  func faultIsFlagged(planted: Case) async throws {
    let inner = try await SoundnessModels.model(adversarially: false, seed: 1).network
    let network = planted.network(inner)
    let report = try SoundnessModels.report(
      network, features: (network as? WinnersNetwork)?.features, parent: inner,
      attacks: ["pgd:steps=20"], budget: 16_000)
    let blocking = report.findings.filter { $0.severity == .blocking }.map(\.check)
    #expect(planted.flags.isSubset(of: blocking), "\(blocking)")
    #expect(report.gradients <= report.budget)
  }

  @Test("A network that gambles at its boundary alone answers clean inputs the same")
  func gamblingIsHidden() async throws {
    let network = GamblingNetwork(
      try await SoundnessModels.model(adversarially: false, seed: 1).network)
    let inputs = SoundnessModels.examples(64, "test").inputs
    let answers = try (0..<2).map { _ in try network.tiledLogits(inputs).elements(of: Float.self) }
    #expect(answers[0] == answers[1])
  }

  @Test("Answers that are no numbers block, and nothing else is claimed")
  func numberless() async throws {
    let network = NumberlessNetwork(
      inner: try await SoundnessModels.model(adversarially: false, seed: 1).network)
    let attacks = try SoundnessModels.attacks(["pgd:steps=2"])
    let judge = BlockJudge(
      network: network, examples: SoundnessModels.examples(32, "test"),
      threat: try SoundnessModels.threat(), mode: .worstCase, attacks: attacks, keepsAll: false,
      random: RandomKey(seed: 1), clock: { 0 })
    let outcomes = try judge.judge(block: 0).attacks.map(\.outcomes)
    let flags = OutcomeChecks(attacks: attacks, outcomes: outcomes).findings.compactMap(
      \.record.flag)
    #expect(flags.map(\.check) == ["non-finite-logits"])
    #expect(flags.map(\.severity) == [.blocking])
    #expect(flags.map(\.value) == [1])
  }

  @Test("Dropout and batch statistics are refused before the run; a sound model is not")
  func evaluationMode() async throws {
    let sound = try await SoundnessModels.model(adversarially: false, seed: 1).network
    let inputs = SoundnessModels.examples(32, "test").inputs
    #expect(try EvaluationMode.finding(sound, inputs: inputs).record.flag == nil)
    for network in [DropoutNetwork(sound), BatchBoundNetwork(inner: sound)] as [any Network] {
      #expect(try EvaluationMode.finding(network, inputs: inputs).severity == .blocking)
    }
  }
}

@Suite("Soundness of sound models", .timeLimit(.minutes(15)))
struct SoundnessOfSoundModelsTests {
  @Test(
    "Plain and adversarially trained models raise no flag",
    arguments: UInt64(1)...5, [false, true])
  func noFlag(seed: UInt64, adversarially: Bool) async throws {
    let model = try await SoundnessModels.model(adversarially: adversarially, seed: seed)
    let report = try SoundnessModels.report(
      model.network, features: model.featureNetwork, parent: model.network,
      attacks: ["uniform", "apgd-ce:steps=30", "apgd-t:steps=30", "square:queries=200"],
      epsilon: adversarially ? "0.1" : "0.03", budget: 12_000, seed: seed)
    #expect(report.flagged == [], "\(report.findings.compactMap { $0.record.flag?.message })")
    #expect(report.findings.allSatisfy { $0.sample > 0 }, "every check was made")
    #expect(report.gradients <= report.budget)
  }
}
