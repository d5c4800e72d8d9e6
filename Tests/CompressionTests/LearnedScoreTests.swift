// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Statistics
import Testing
import Torch

@testable import Compression

@Suite("Learned scores", .timeLimit(.minutes(15)))
struct LearnedScoreTests {
  /// One logit of four inputs, two of whose weights count.
  private func scored(
    _ ranking: ScoredArchitecture.Ranking, learnsWeights: Bool, removed: Int = 2
  ) -> ScoredArchitecture {
    let classifier = Classifier.matrix([1, -2, 3, -4], shape: [1, 4])
    return ScoredArchitecture(
      base: classifier.architecture, start: classifier.parameters,
      groups: [MaskScope.Group(names: ["layer0.weight"], removed: removed)], ranking: ranking,
      learnsWeights: learnsWeights)
  }

  private let input = Tensor([1, 10, 100, 1_000] as [Float], shape: [1, 4])

  private func row(_ values: [Float]) -> Tensor { Tensor(values, shape: [1, 4]) }

  @Test("Only the weights of highest score count, in training and in evaluation")
  func forward() throws {
    let model = scored(.value, learnsWeights: false)
    let parameters = model.parameters(scores: ["layer0.weight": row([0.3, -9, 0.2, 0.1])])
    // 1 · 1 + 3 · 100 and the bias of 0.5.
    #expect(try model.network(parameters).logits(input).scalar == 301.5)
    #expect(
      try model.trainableNetwork().logits(input, parameters: parameters.applied, buffers: [:])
        .scalar == 301.5)
    let bySize = scored(.size, learnsWeights: false)
    // Sizes 9 and 0.3 win: 1 · 1 − 2 · 10.
    #expect(try bySize.network(parameters).logits(input).scalar == -18.5)
  }

  /// The logit's slope in a weight is its input, so a score's is input · weight wherever it stands.
  @Test("The gradient of a score is that of the weight times the weight, also where it is left out")
  func straightThrough() throws {
    let model = scored(.value, learnsWeights: true)
    let scores = row([0.3, -9, 0.2, 0.1]).leaf
    let weights = row([1, -2, 3, -4]).leaf
    let logits = try withGradients {
      try model.trainableNetwork().logits(
        input,
        parameters: [
          "layer0.weight": weights, "layer0.weight#score": scores,
          "bias": Tensor(repeating: 0, shape: [1]),
        ], buffers: [:]
      ).sum
    }
    let gradients = logits.gradients(withRespectTo: [scores, weights]).map {
      $0?.elements(of: Float.self)
    }
    #expect(gradients[0] == [1, -20, 300, -4_000])
    #expect(gradients[1] == [1, 0, 100, 0], "a weight that is left out is not moved")
  }

  @Test("Of a size the gradient follows the score's sign")
  func signs() throws {
    let model = scored(.size, learnsWeights: false)
    let scores = row([0.3, -9, 0.2, -0.1]).leaf
    let logits = try withGradients {
      try model.trainableNetwork().logits(
        input, parameters: ["layer0.weight#score": scores], buffers: [:]
      ).sum
    }
    #expect(
      logits.gradient(withRespectTo: scores).elements(of: Float.self) == [1, 20, 300, 4_000])
  }

  @Test("Weights that are gone already win no place")
  func dead() throws {
    var classifier = Classifier.matrix([1, 2, 3, 4], shape: [1, 4])
    classifier.parameters["layer0.weight"] = .masking(
      row([1, 2, 3, 4]), with: Tensor([true, false, true, true], shape: [1, 4]))
    let model = ScoredArchitecture(
      base: classifier.architecture, start: classifier.parameters,
      groups: [MaskScope.Group(names: ["layer0.weight"], removed: 2)], ranking: .value,
      learnsWeights: false)
    let parameters = model.parameters(scores: ["layer0.weight": row([-5, 0, -6, -7])])
    #expect(try model.network(parameters).logits(input).scalar == 301.5)
  }

  @Test("HYDRA's first scores are the weights, the largest of them √(6 / inputs)")
  func firstScores() throws {
    let classifier = Classifier.matrix([1, -2, 3, -6], shape: [2, 2])
    let scores = try #require(Hydra.firstScores(of: classifier)["layer0.weight"])
    let root = Float(3).squareRoot()
    for (found, weight) in zip(scores.elements(of: Float.self), [1, -2, 3, -6] as [Float]) {
      #expect(abs(found - weight / 6 * root) <= 1e-6)
    }
    let zeros = Classifier.matrix([0, 0], shape: [1, 2])
    #expect(Hydra.firstScores(of: zeros)["layer0.weight"]?.elements(of: Float.self) == [0, 0])
  }

  @Test("HYDRA learns scores alone, prunes by them, and gives the weights back as they were")
  func hydra() async throws {
    let tuning = FakeTuning { classifier, schedule in
      guard schedule.rate == .full else { return classifier.parameters }
      var learned = classifier.parameters
      learned["layer0.weight#score"] = .dense(Tensor([9, -8, 0.1, 0.2] as [Float], shape: [1, 4]))
      return learned
    }
    let classifier = Classifier.matrix([1, -2, 3, -4], shape: [1, 4])
    let result = try await Hydra(scoreEpochs: 2, epochs: 1).compressed(
      classifier, to: 0.5, tuning: tuning, random: RandomKey(seed: 1))
    let calls = await tuning.calls
    #expect(calls.map(\.epochs) == [2, 1] && calls.map(\.rate) == [.full, .fineTuning])
    #expect(calls[0].parameters.names == ["layer0.weight#score"], "nothing else is trained")
    #expect(result.parameters.mask("layer0.weight") == [true, true, false, false])
    #expect(
      result.parameters["layer0.weight"]?.applied.elements(of: Float.self) == [1, -2, 0, 0])
    #expect(result.parameters.names == classifier.parameters.names)
    #expect(result.architecture is MatrixChain)
  }

  @Test("Without learning HYDRA is magnitude pruning")
  func hydraAtRest() async throws {
    let classifier = Classifier.chain([[6, 5], [4, 6]])
    let hydra = try await Hydra(scoreEpochs: 0, epochs: 0).compressed(
      classifier, to: 0.7, tuning: FakeTuning(), random: RandomKey(seed: 1))
    let magnitude = try await Pruning(importance: .magnitude, epochs: 0).compressed(
      classifier, to: 0.7, tuning: FakeTuning(), random: RandomKey(seed: 1))
    #expect(hydra.parameters.storedBytes == magnitude.parameters.storedBytes)
  }

  /// Real steps of plain gradient descent on loss = logit with input x: gradient of weight i is xᵢ.
  @Test("Movement scores add up −gradient · weight, and the weights that move to zero go")
  func movement() async throws {
    let x: [Float] = [1, -1, 1, -1]
    let tuning = FakeTuning { classifier, schedule in
      guard let scored = classifier.architecture as? ScoredArchitecture else {
        return classifier.parameters
      }
      var set = classifier.parameters
      let names = ["layer0.weight", "layer0.weight#score"]
      let leaves = names.compactMap { set[$0]?.applied.leaf }
      let loss = try? withGradients {
        try scored.trainableNetwork().logits(
          Tensor(x, shape: [1, 4]),
          parameters: [
            names[0]: leaves[0], names[1]: leaves[1], "bias": Tensor(repeating: 0, shape: [1]),
          ], buffers: [:]
        ).sum
      }
      let gradients = loss?.gradients(withRespectTo: leaves) ?? []
      for (index, name) in names.enumerated() {
        if let gradient = gradients[index] { set[name] = .dense(leaves[index] - gradient * 0.1) }
      }
      return set
    }
    // Steps of −0.1 · x: 2 → 1.9 moves to zero, 2 → 2.1 away, −3 → −3.1 away, −3 → −2.9 to zero.
    let result = try await MovementPruning(schedule: .oneShot, epochs: 3).compressed(
      .matrix([2, 2, -3, -3], shape: [1, 4]), to: 0.5, tuning: tuning, random: RandomKey(seed: 1))
    #expect(result.parameters.mask("layer0.weight") == [false, true, true, false])
    let calls = await tuning.calls
    #expect(calls.map(\.span) == [0...2.0 / 3, 2.0 / 3...1])
    #expect(calls.last?.sparsity == 0.5)
    let values = result.parameters["layer0.weight"]?.applied.elements(of: Float.self) ?? []
    #expect(zip(values, [0, 2.1, -3.1, 0]).allSatisfy { abs($0 - $1) <= 1e-6 })
  }

  @Test("Movement's phases fill two thirds of the way and start dense")
  func phases() {
    for schedule in Pruning.Schedule.allCases {
      let pruning = MovementPruning(schedule: schedule, rounds: 4)
      let phases = pruning.phases(from: 0, to: 0.9)
      #expect(phases.count == [.oneShot: 1, .iterative: 4, .gradual: 3][schedule])
      #expect(phases.first?.sparsity == 0 && phases.first?.span.lowerBound == 0)
      #expect(phases.last?.span.upperBound == 2.0 / 3)
      for (one, next) in zip(phases, phases.dropFirst()) {
        #expect(one.span.upperBound == next.span.lowerBound && one.sparsity < next.sparsity)
      }
    }
  }
}
