// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Models
import Records
import RobustCore
import Statistics
import Synchronization
import Testing
import Torch
import Training

@testable import Evaluation

/// Four classes of 8 × 8 images, each a pattern of light and dark under noise, and models of them.
enum SoundnessModels {
  static let classes = 4
  static let shape = [1, 8, 8]
  static let size = 64
  static let epsilon = "0.1"

  static func examples(_ count: Int, _ purpose: String, seed: UInt64 = 1) -> Examples {
    let key = RandomKey(seed: seed).split(purpose)
    let patterns = (0..<classes).map { label in
      let stream = RandomKey(seed: 77).split("pattern").split(label).stream()
      return (0..<size).map { _ in Float(stream.bernoulli(0.5) ? 0.15 : -0.15) }
    }
    let inputs = Tensor(shape: [count] + shape) { (values: UnsafeMutableBufferPointer<Float>) in
      key.stream().fillNormal(values, mean: 0.5, sigma: 0.17)
      for index in values.indices {
        let (example, pixel) = index.quotientAndRemainder(dividingBy: size)
        values[index] = min(max(values[index] + patterns[example % classes][pixel], 0), 1)
      }
    }
    return Examples(
      inputs: inputs, labels: Tensor((0..<count).map { $0 % classes }), classes: classes,
      inputRange: 0...1)
  }

  static var architecture: GraphArchitecture {
    var graph = Graph()
    graph.append("normalize", .normalize(mean: [0.5], deviation: [0.25]))
    graph.append("flatten", .flatten)
    graph.append("fc1", .linear(input: size, output: 48))
    graph.append("relu1", .relu)
    graph.append("fc2", .linear(input: 48, output: 24))
    graph.append("relu2", .relu)
    graph.append("fc3", .linear(input: 24, output: classes))
    return GraphArchitecture(name: "small", inputShape: shape, classes: classes, graph: graph)
  }

  private struct Key: Hashable {
    let adversarially: Bool
    let seed: UInt64
  }
  private static let made = Mutex<[Key: Task<Classifier, any Error>]>([:])

  /// A model that was trained on clean or on attacked examples, once for all tests.
  static func model(adversarially: Bool, seed: UInt64) async throws -> Classifier {
    let key = Key(adversarially: adversarially, seed: seed)
    let task = made.withLock { made in
      let task =
        made[key] ?? Task { try await trained(adversarially: adversarially, seed: seed) }
      made[key] = task
      return task
    }
    return try await task.value
  }

  private static func trained(adversarially: Bool, seed: UInt64) async throws -> Classifier {
    let threat = try threat()
    let attack = ProjectedGradient(steps: 3, stepSize: 0.7, stopsAtSuccess: false)
    let objective: any Objective =
      adversarially ? AdversarialObjective(attack: attack, threat: threat) : StandardObjective()
    let trainer = Trainer(
      architecture: architecture, examples: examples(512, "train"), objective: objective,
      recipe: TrainingRecipe(epochs: 4, batchSize: 64, learningRate: 0.05),
      pool: WorkerPool(workers: 1), random: RandomKey(seed: seed))
    let initial = architecture.initialParameters(random: RandomKey(seed: seed))
    return Classifier(
      architecture: architecture, parameters: try await trainer.train(from: initial))
  }

  static func threat(_ epsilon: String = epsilon) throws -> ThreatModel {
    ThreatModel(norm: .linf, epsilon: try #require(Epsilon(epsilon)))
  }

  static func attacks(_ names: [String]) throws -> [ResolvedExperiment.ResolvedAttack] {
    try names.map { name in
      let specification = try Specification(name)
      let member = try AttackCatalog.member(for: specification)
      let (attack, parameters) = try member.attack(specification)
      return ResolvedExperiment.ResolvedAttack(
        specification: specification, parameters: parameters, reach: member.reach, attack: attack)
    }
  }

  /// Evaluates a model and asks whether the number may be believed.
  static func report(
    _ network: any Network, features: (any Network)? = nil, parent: (any Network)? = nil,
    attacks names: [String], epsilon: String = epsilon, budget: Double = 60_000,
    seed: UInt64 = 5
  ) throws -> SoundnessProbe.Report {
    let random = RandomKey(seed: seed)
    let attacks = try attacks(names)
    let threat = try threat(epsilon)
    let sample = try SoundnessSample.attacked(
      examples(128, "test"), by: attacks, on: network, within: threat, random: random)
    var probe = SoundnessProbe(
      network: network, sample: sample, threat: threat, attacks: attacks, random: random,
      budget: budget)
    probe.features = features
    probe.parent = parent
    probe.blackBox = ProbeSetting.BlackBox(
      name: "square", attack: .score(SquareAttack(queries: 300)), queries: 300)
    return try probe.report()
  }
}

extension SoundnessProbe.Report {
  func finding(_ check: String) -> SoundnessFinding? { findings.first { $0.check == check } }
  /// The names of the checks that were not passed.
  var flagged: [String] { findings.compactMap { $0.record.flag?.check } }
}

/// Logits so large that the softmax of every example is one.
struct LoudNetwork: Network {
  let inner: any Network
  func logits(_ input: Tensor) throws -> Tensor { try inner.logits(input) * 1000 }
}

/// Sees of every pixel whether it is light or dark.
struct HardSignNetwork: Network {
  let inner: any Network
  func logits(_ input: Tensor) throws -> Tensor {
    try inner.logits((input - 0.5).sign * 0.2 + 0.5)
  }
}

/// Sees eight grey levels.
struct QuantisedNetwork: Network {
  let inner: any Network
  func logits(_ input: Tensor) throws -> Tensor {
    // The integer part has no gradient.
    try inner.logits((input * 8 + 0.5).cast(to: .int64).cast(to: .float32) / 8)
  }
}

/// One for the predicted class and zero for the others.
struct OneHotNetwork: Network {
  let inner: any Network
  func logits(_ input: Tensor) throws -> Tensor {
    let logits = try inner.logits(input)
    return (logits .>= logits.largest(along: [1], keeping: true)).cast(to: .float32)
  }
}

/// Answers at random where it is unsure.
final class GamblingNetwork: Network {
  private let inner: any Network
  private let calls = Mutex(0)

  init(_ inner: any Network) { self.inner = inner }

  func logits(_ input: Tensor) throws -> Tensor {
    let logits = try inner.logits(input)
    let call = calls.withLock { calls in
      calls += 1
      return calls
    }
    let ranked = logits.largest(2, along: 1).values
    let lead = ranked.slice(0..<1, along: 1) - ranked.slice(1..<2, along: 1)
    let noise = Tensor(shape: logits.shape) { (values: UnsafeMutableBufferPointer<Float>) in
      RandomKey(seed: 3).split(call).stream().fillNormal(values, mean: 0, sigma: 3)
    }
    return logits + (lead .< 0.05).cast(to: .float32) * noise
  }
}

/// Drops half of the pixels of every input, other ones each time.
final class DropoutNetwork: Network {
  private let inner: any Network
  private let calls = Mutex(0)

  init(_ inner: any Network) { self.inner = inner }

  func logits(_ input: Tensor) throws -> Tensor {
    let call = calls.withLock { calls in
      calls += 1
      return calls
    }
    let kept = Tensor(shape: input.shape) { (values: UnsafeMutableBufferPointer<Float>) in
      let stream = RandomKey(seed: 4).split(call).stream()
      for index in values.indices { values[index] = stream.bernoulli(0.8) ? 1 : 0 }
    }
    return try inner.logits((input - 0.5) * kept + 0.5)
  }
}

/// The k strongest of many units fire, the others are silent (k-winners-take-all).
///
/// > Source: Xiao et al. "Enhancing Adversarial Defense by k-Winners-Take-All." ICLR 2020.
struct WinnersNetwork: Network {
  let first: Tensor
  let second: Tensor
  let winners: Int

  init(seed: UInt64, units: Int = 512, winners: Int = 6) {
    let size = SoundnessModels.size
    first = .drawn([units, size], sigma: 1, seed, "first")
    self.winners = winners
    // A least-squares read-out would do better; a mean of each class's codes does well enough.
    let train = SoundnessModels.examples(512, "train")
    let codes = WinnersNetwork.codes(train.inputs, first, winners)
    second = .concatenated(
      (0..<SoundnessModels.classes).map { label in
        let rows = (0..<train.count).filter { $0 % SoundnessModels.classes == label }
        return codes.rows(rows).mean(along: [0]).reshaped([1, -1])
      })
  }

  static func codes(_ input: Tensor, _ weight: Tensor, _ winners: Int) -> Tensor {
    let units = (input.flattenedExamples - 0.5).linear(weight: weight, bias: nil)
    let least = units.largest(winners, along: 1).values.slice(winners - 1..<winners, along: 1)
    return units * (units .>= least).cast(to: .float32)
  }

  var features: any Network { Codes(first: first, winners: winners) }

  struct Codes: Network {
    let first: Tensor
    let winners: Int
    func logits(_ input: Tensor) -> Tensor { WinnersNetwork.codes(input, first, winners) }
  }

  func logits(_ input: Tensor) -> Tensor {
    WinnersNetwork.codes(input, first, winners).linear(weight: second, bias: nil)
  }
}

/// Probabilities where logits are expected.
struct SoftmaxNetwork: Network {
  let inner: any Network
  func logits(_ input: Tensor) throws -> Tensor { try inner.logits(input).softmax() }
}

/// The same answer to everything.
struct StubbornNetwork: Network {
  func logits(_ input: Tensor) -> Tensor {
    Tensor(repeating: 0, shape: [input.size(0), 1]) + Tensor([1, 0, 0, 0] as [Float])
  }
}

/// No number in any answer.
struct NumberlessNetwork: Network {
  let inner: any Network
  func logits(_ input: Tensor) throws -> Tensor { try inner.logits(input) * Double.nan }
}

/// Normalises by the batch, as batch normalisation does that was left in training mode.
struct BatchBoundNetwork: Network {
  let inner: any Network
  func logits(_ input: Tensor) throws -> Tensor {
    let mean = input.sum(along: [0], keeping: true) / Double(input.size(0))
    return try inner.logits(input - mean + 0.5)
  }
}

extension Tensor {
  static func drawn(_ shape: [Int], sigma: Float, _ seed: UInt64, _ name: String) -> Tensor {
    Tensor(shape: shape) {
      RandomKey(seed: seed).split(name).stream().fillNormal($0, mean: 0, sigma: sigma)
    }
  }
}
