// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Models
import Records
import RobustCore
import Statistics
import Testing
import Torch

@testable import Evaluation

/// The input itself: with a linear read-out on it the strongest perturbation is known.
private struct Pixels: Network {
  func logits(_ input: Tensor) -> Tensor { input.flattenedExamples }
}

@Suite("Soundness by planted examples", .timeLimit(.minutes(15)))
struct SoundnessPlantedTestTests {
  private let threat: ThreatModel
  private let batch: Batch

  init() throws {
    threat = try SoundnessModels.threat()
    let inputs = Tensor(shape: [6, 1, 8, 8]) { (values: UnsafeMutableBufferPointer<Float>) in
      RandomKey(seed: 8).stream().fillUniform(values, low: 0.2, high: 0.8)
    }
    batch = Batch(
      inputs: inputs, labels: Tensor(Array(repeating: 3, count: 6)), indices: Array(40..<46))
  }

  private func readOut(_ row: Int) throws -> PlantedReadOut {
    let input = batch.inputs.slice(row..<row + 1)
    let key = RandomKey(seed: 2).split(example: row)
    return try #require(
      try PlantedReadOut.planted(
        around: input, inner: 199, features: Pixels(), threat: threat, inputRange: 0...1,
        random: key))
  }

  @Test("The example and noise around it lie on one side, a corner of the ball on the other")
  func separates() throws {
    for row in 0..<batch.count {
      let found = try readOut(row)
      let weight = found.weight.elements(of: Float.self).map(Double.init)
      let center = batch.inputs.slice(row..<row + 1).elements(of: Float.self).map(Double.init)
      func score(_ point: [Double]) -> Double {
        zip(weight, point).reduce(found.bias) { $0 + $1.0 * $1.1 }
      }
      // The corner that a linear read-out rates highest is at least as high as the planted one.
      let best = zip(center, weight).map { $0 + 0.1 * ($1 > 0 ? 1 : -1) }
      #expect(score(center) < 0)
      #expect(score(best) > 0)
      let stream = RandomKey(seed: 99).split(row).stream()
      let outside = (0..<200).count { _ in
        score(center.map { $0 + stream.uniform(in: -0.095..<0.095) }) > 0
      }
      #expect(outside <= 2, "by construction none of 199 such points, so few of 200 others")
    }
  }

  @Test("A working attack finds what was planted, a crippled one and noise do not")
  func findsPlanted() throws {
    let test = PlantedTest(
      features: Pixels(), classes: 4, inputRange: 0...1, threat: threat, inner: 199,
      random: RandomKey(seed: 6))
    let working: [AnyAttack] = [
      .gradient(ProjectedGradient(steps: 20)),
      .gradient(AutoProjectedGradient(steps: 20, loss: .logitRatio)),
      .gradient(AutoProjectedGradient(steps: 20, loss: .logitRatio, targets: 3)),
    ]
    for attack in working {
      let result = try test.result(of: [attack], on: batch)
      #expect(result.planted == 6 && result.found == 6 && result.foundAtRandom == 0)
    }
    let crippled = ProjectedGradient(steps: 20, stepSize: 0.001, startsRandomly: false)
    #expect(try test.result(of: [.gradient(crippled)], on: batch).found == 0)
    #expect(try test.result(of: [.gradient(crippled), working[0]], on: batch).found == 6)
  }

  @Test("Features of a native model with its last layer on top are its logits")
  func features() throws {
    let architecture = SoundnessModels.architecture
    let parameters = architecture.initialParameters(random: RandomKey(seed: 3))
    let classifier = Classifier(architecture: architecture, parameters: parameters)
    let network = try #require(classifier.featureNetwork)
    let features = try network.logits(batch.inputs)
    let weight = try #require(parameters["fc3.weight"]?.applied)
    let bias = try #require(parameters["fc3.bias"]?.applied)
    let logits = features.linear(weight: weight, bias: bias)
    let difference = (logits - (try classifier.network.logits(batch.inputs))).absolute
    #expect(features.shape == [6, 24])
    #expect(difference.reshaped([-1]).largest(along: [0]).scalar < 1e-5)
  }

  @Test("The self-test passes")
  func selfTest() {
    let checks = SelfTest().checks()
    #expect(checks.map(\.name).suffix(2) == ["self-test", "planted-examples"])
    #expect(checks.allSatisfy { $0.passed }, "\(checks.map(\.detail))")
  }
}
