// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import RobustCore
import Statistics
import Torch

/// Proves in a second that gradients and an attack are right, on a model whose answer is known.
public struct SelfTest: Sendable {
  /// What was checked and how it went.
  public struct Check: Sendable {
    /// What was checked.
    public let name: String
    /// Whether it is in order.
    public let passed: Bool
    /// What was found.
    public let detail: String
  }

  /// Creates the test.
  public init() {}

  /// The checks in order; without libtorch the first one alone.
  public func checks() -> [Check] {
    do {
      try TorchLibrary.load()
    } catch {
      return [Check(name: "libtorch", passed: false, detail: "\(error.detail); \(error.remedy)")]
    }
    let device = TorchLibrary.hasCUDA ? "with CUDA" : "CPU only"
    return [
      Check(name: "libtorch", passed: true, detail: "\(TorchLibrary.version), \(device)"),
      Check(name: "gsl", passed: true, detail: GSLLibrary.version),
      linearModel, plantedExamples,
    ]
  }

  /// On a linear model the smallest margin in a linf ball is `w·x + b − epsilon · |w|₁`, exactly.
  private var linearModel: Check {
    let name = "self-test"
    do {
      let (found, expected) = try LinearProbe(seed: 1).marginsUnderAttack(epsilon: "0.01")
      let error = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
      return Check(
        name: name, passed: error <= 1e-4,
        detail: "pgd on a linear model is \(error.fixed(7)) from the closed form")
    } catch {
      return Check(name: name, passed: false, detail: "the attack failed: \(error)")
    }
  }
}

extension SelfTest {
  /// Next to each example of a small network an adversarial input is planted: an attack that works
  /// finds it, and one that was crippled is caught.
  private var plantedExamples: Check {
    let name = "planted-examples"
    do {
      let probe = PlantedProbe(seed: 4)
      let working = try probe.result(of: ProjectedGradient(steps: 20, loss: .margin))
      let crippled = try probe.result(
        of: ProjectedGradient(steps: 20, stepSize: 0.002, startsRandomly: false, loss: .margin))
      let isRight =
        working.planted == PlantedProbe.count && working.found == working.planted
        && 2 * crippled.found < crippled.planted
      return Check(
        name: name, passed: isRight,
        detail: "pgd finds \(working.found) of \(working.planted), a crippled one"
          + " \(crippled.found), random noise \(working.foundAtRandom)")
    } catch {
      return Check(name: name, passed: false, detail: "the attack failed: \(error)")
    }
  }
}

/// A small network whose features adversarial inputs are planted in.
private struct PlantedProbe: Network {
  static let count = 12
  private static let size = 64
  private static let units = 32
  /// Points inside each ball; the real check has five times as many.
  private static let inner = 199
  private let weight: Tensor
  private let batch: Batch

  init(seed: UInt64) {
    let random = RandomKey(seed: seed)
    weight = Tensor(shape: [Self.units, Self.size]) {
      random.split("weight").stream().fillNormal($0, mean: 0, sigma: 0.2)
    }
    let inputs = Tensor(shape: [Self.count, 1, 8, 8]) {
      random.split("inputs").stream().fillUniform($0, low: 0.25, high: 0.75)
    }
    batch = Batch(
      inputs: inputs, labels: Tensor(Array(repeating: 0, count: Self.count)),
      indices: Array(0..<Self.count))
  }

  /// The features: what a last layer would read; leaky, so that no unit is without a gradient.
  func logits(_ input: Tensor) -> Tensor {
    let units = (input.flattenedExamples - 0.5).linear(weight: weight, bias: nil)
    return units.relu + units * 0.3
  }

  func result(of attack: ProjectedGradient) throws -> PlantedTest.Result {
    guard let epsilon = Epsilon("0.1") else { return PlantedTest.Result() }
    return try PlantedTest(
      features: self, classes: 2, inputRange: 0...1,
      threat: ThreatModel(norm: .linf, epsilon: epsilon), inner: Self.inner,
      random: RandomKey(seed: 5)
    ).result(of: [.gradient(attack)], on: batch)
  }
}

/// A two-class linear model and points on it.
private struct LinearProbe: Network {
  private let weight: Tensor
  private let inputs: Tensor
  private static let size = 64
  private static let count = 16

  init(seed: UInt64) {
    let random = RandomKey(seed: seed)
    weight = Tensor(shape: [1, Self.size]) {
      random.split("weight").stream().fillNormal($0, mean: 0, sigma: 1)
    }
    // Away from the ends of the range, so that only the ball limits the attack.
    inputs = Tensor(shape: [Self.count, 1, 8, 8]) {
      random.split("inputs").stream().fillUniform($0, low: 0.25, high: 0.75)
    }
  }

  /// Class 1's logit is the score, far above zero so that no attack succeeds and all climb on.
  func logits(_ input: Tensor) -> Tensor {
    let score = input.flattenedExamples.linear(weight: weight, bias: nil) + 100
    return .concatenated([score * 0, score], along: 1)
  }

  func marginsUnderAttack(epsilon text: String) throws -> (found: [Double], expected: [Double]) {
    guard let epsilon = Epsilon(text) else { return ([], []) }
    let victim = ModelVictim(self, classes: 2, inputRange: 0...1, rows: Self.count)
    let labels = Tensor(Array(repeating: 1, count: Self.count))
    let batch = Batch(inputs: inputs, labels: labels, indices: Array(0..<Self.count))
    let attacked = try ProjectedGradient(steps: 10, loss: .margin).perturb(
      batch, within: ThreatModel(norm: .linf, epsilon: epsilon), against: victim,
      random: RandomKey(seed: 2))
    func scores(_ inputs: Tensor) -> [Double] {
      logits(inputs).slice(1..<2, along: 1).reshaped([-1]).elements(of: Float.self).map(Double.init)
    }
    let length = weight.absolute.sum.scalar
    return (scores(attacked), scores(inputs).map { $0 - epsilon.value * length })
  }
}
