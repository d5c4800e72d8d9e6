// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import RobustCore
import Statistics
import Torch

/// A check that looks at a model and some examples.
protocol SampleCheck: Sendable {
  /// What is asked.
  var row: SoundnessRow { get }
  /// Whether it makes sense where the inputs are ids of words.
  var isForTexts: Bool { get }

  /// Measures as many examples as the budget allows.
  ///
  /// - Parameters:
  ///   - probe: The model, the examples and the attacks.
  ///   - budget: Grants a number of examples.
  /// - Returns: What was found, also where all is well.
  /// - Throws: What the model throws.
  func measure(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> SoundnessFinding
}

extension SampleCheck {
  /// What most checks say: they move inputs a little, and words cannot be moved.
  var isForTexts: Bool { false }
}

/// What every check of a sample is given.
struct ProbeSetting: Sendable {
  /// The model under attack, metered.
  let network: any Network
  /// Its features in front of the last layer, metered; the logits themselves where there are none.
  let features: any Network
  /// The dense model that it was made from, metered.
  let parent: (any Network)?
  let sample: SoundnessSample
  let threat: ThreatModel
  let attacks: [ResolvedExperiment.ResolvedAttack]
  /// An attack without gradients, and the queries that it takes at most.
  let blackBox: BlackBox?
  let random: RandomKey
  /// What the gradient attacks were seen to do.
  var watched = WatchedRun()
  /// Points to which an attack that may change everything led.
  var unbounded = UnboundedRun()
  /// What an attack of the probe's own breaks.
  var direct = DirectRun()
  /// What twice the steps broke, once that was tried.
  var longer: SoundnessFinding?

  /// An attack without gradients.
  struct BlackBox: Sendable {
    let name: String
    let attack: AnyAttack
    let queries: Int
  }

  /// Metered access to the model for one batch.
  func victim(_ rows: Int, on other: (any Network)? = nil) -> ModelVictim {
    ModelVictim(
      other ?? network, classes: sample.classes, inputRange: sample.inputRange, rows: rows)
  }

  /// Which inputs the model assigns to another class than their label.
  func isBroken(_ inputs: Tensor, labels: Tensor) throws -> [Bool] {
    zip(try network.judgements(of: inputs), labels.elements(of: Int.self)).map {
      $0.prediction != $1
    }
  }

  /// Whether the evaluation had an attack that needs no gradients and is more than noise.
  var hasBlackBox: Bool {
    attacks.contains { $0.attack.knowledge > .whiteBox && !$0.isNoise }
  }

  /// Runs an attack on the standing examples and says which ones it breaks.
  ///
  /// - Parameters:
  ///   - count: The size of the sample, standing or not.
  ///   - attack: Returns one input for each example of the batch.
  /// - Returns: Whether it broke, for each standing example.
  /// - Throws: What the attack or the model throws.
  func broken(_ count: Int, by attack: (Batch) throws -> Tensor) throws -> [Bool] {
    let batch = sample.prefix(count).standing
    return batch.count == 0 ? [] : try isBroken(try attack(batch), labels: batch.labels)
  }

  /// The share of a sample that an attack breaks although the evaluation left it standing.
  func newlyBroken(_ count: Int, by attack: (Batch) throws -> Tensor) throws -> SuspectShare {
    SuspectShare(
      count: try broken(count, by: attack).count(where: \.self), sample: count)
  }
}

extension ResolvedExperiment.ResolvedAttack {
  /// Whether the attack draws at random and never learns from an answer.
  var isNoise: Bool {
    if case .label(let attack) = attack { attack is Noise } else { false }
  }

  /// Whether the attack follows gradients inside the ball, or towards the nearest adversarial input.
  ///
  /// One that takes a model's own gradients where they cannot be believed is none of them.
  var followsGradients: Bool {
    switch attack {
    case .gradient, .nearestByGradient: !usesOwnGradient
    // Words change in leaps, of which a gradient says little: what others break says nothing of it.
    case .score, .label, .nearestByLabel, .prepared, .text, .textByLabel, .textByGradient: false
    }
  }

  /// The most gradients that one example takes, as far as the parameters say.
  func gradientsPerExample(classes: Int) -> Double {
    func number(_ name: String) -> Double { Double(parameters[name]?.integer ?? 1) }
    let targets = min(number("targets"), Double(max(1, classes - 1)))
    let steps = number("steps") + 2
    return steps * number("restarts") * targets * number("searches") * number("eot")
  }
}
