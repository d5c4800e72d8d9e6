// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import Records
import RobustCore
import Statistics
import Testing
import Torch
import Training

@testable import Evaluation

@Suite("Training as a compression sees it", .timeLimit(.minutes(15)))
struct VariantTunerTests {
  private static let input = InputDescription(
    shape: [1, 12, 12], classes: 2, mean: [0.5], deviation: [0.5])

  /// Each image has one grey level, which tells it from all others; bright ones are of class 1.
  private static let examples = Examples(
    inputs: Tensor((0..<10).map { Float($0) / 10 }, shape: [10, 1, 1, 1])
      + Tensor(repeating: 0, shape: [1, 1, 12, 12]),
    labels: Tensor([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]), classes: 2, inputRange: 0...1)

  private static func tuner(_ examples: Examples?, seed: UInt64 = 1) throws -> VariantTuner {
    var experiment = Experiment()
    experiment.epsilons = [try #require(Epsilon("0.1"))]
    return VariantTuner(
      examples: examples, dataset: "grey", training: try Specification("fgsm:batch=2"),
      context: TrainingMember.Context(experiment, nil), pool: WorkerPool(workers: 2),
      random: RandomKey(seed: seed), initialRandom: RandomKey(seed: 9)
    ) { _ in }
  }

  private static func levels(_ inputs: Tensor) -> [Float] {
    inputs.reshaped([inputs.size(0), 144]).slice(0..<1, along: 1).reshaped([-1])
      .elements(of: Float.self)
  }

  @Test("What is held out is not trained on, and nothing is lost", arguments: [0, 3, 5, 9])
  func holdingOut(count: Int) throws {
    let (rest, held) = try Self.tuner(Self.examples).holdingOut(count)
    let kept = try #require((rest as? VariantTuner)?.examples)
    #expect(held.count == min(count, 5))
    let all = Self.levels(held.inputs) + Self.levels(kept.inputs)
    #expect(all.sorted() == Self.levels(Self.examples.inputs))
    for part in [held, kept] {
      let labels = part.labels.elements(of: Int.self)
      #expect(labels == Self.levels(part.inputs).map { $0 >= 0.5 ? 1 : 0 })
    }
  }

  @Test("Inputs to calibrate on are training inputs, in an order of the seed")
  func calibration() throws {
    let first = try Self.levels(Self.tuner(Self.examples).calibrationInputs(6))
    #expect(Set(first).count == 6)
    #expect(try Self.levels(Self.tuner(Self.examples).calibrationInputs(6)) == first)
    #expect(try Self.levels(Self.tuner(Self.examples, seed: 2).calibrationInputs(6)) != first)
    #expect(try Self.levels(Self.tuner(Self.examples).calibrationInputs(99)).count == 10)
  }

  @Test("Parts are disjoint, add up, and follow from the contents alone", arguments: [2, 3])
  func parts(count: Int) throws {
    let tuner = try Self.tuner(Self.examples)
    func levels(_ tuner: VariantTuner) throws -> [[Float]] {
      try (0..<count).map { index in
        let part = try tuner.part(index, of: count)
        return Self.levels(try #require((part as? VariantTuner)?.examples).inputs)
      }
    }
    let found = try levels(tuner)
    #expect(found.flatMap(\.self).sorted() == Self.levels(Self.examples.inputs))
    // Another seed, and the examples in another order: each stays in its part.
    let backwards = Self.examples.batch(Array((0..<10).reversed()))
    let again = try levels(
      Self.tuner(
        Examples(
          inputs: backwards.inputs, labels: backwards.labels, classes: 2, inputRange: 0...1),
        seed: 2))
    #expect(again.map { $0.sorted() } == found)
  }

  @Test("More parts than examples leave one empty, which is refused by its number")
  func emptyPart() throws {
    let tuner = try Self.tuner(Self.examples[0..<1])
    let errors = (0..<2).compactMap { index -> ExperimentError? in
      do { _ = try tuner.part(index, of: 2) } catch { return error as? ExperimentError }
      return nil
    }
    #expect(errors.map(\.code) == [.noTrainingData])
    #expect(errors.first?.subject.contains("of 2 of data set 'grey'") == true)
  }

  @Test("Without a training part it says what is missing")
  func noData() throws {
    let tuner = try Self.tuner(nil)
    #expect(throws: ExperimentError.noTrainingData("grey")) { try tuner.calibrationInputs(1) }
    #expect(throws: ExperimentError.noTrainingData("grey")) { try tuner.holdingOut(1) }
  }

  @Test("Robust accuracy under the margin that the brightness leaves")
  func accuracy() async throws {
    // The two logits are ±(mean − 0.45): right everywhere, and a ball of 0.1 turns over the two
    // levels on either side of the border.
    var graph = Graph()
    graph.append("flatten", .flatten)
    graph.append("fc", .linear(input: 144, output: 2))
    let architecture = GraphArchitecture(
      name: "threshold", inputShape: [1, 12, 12], classes: 2, graph: graph)
    var parameters = ParameterSet()
    parameters["fc.weight"] = .dense(
      Tensor([-1 / 144, 1 / 144] as [Float], shape: [2, 1]) + Tensor(repeating: 0, shape: [1, 144]))
    parameters["fc.bias"] = .dense(Tensor([0.45, -0.45] as [Float]))
    let classifier = Classifier(architecture: architecture, parameters: parameters)
    let found = try await Self.tuner(Self.examples).accuracy(
      of: classifier, on: Self.examples, steps: 10)
    #expect(found.clean == 1)
    #expect(found.robust == 0.8)
  }
}
