// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import Torch

/// A chain of matrices `x W₁ᵀ W₂ᵀ …` with a bias that no compression may touch.
struct MatrixChain: Architecture {
  let name = "chain"
  let shapes: [[Int]]

  var inputShape: [Int] { [shapes[0].dropFirst().reduce(1, *)] }
  var classes: Int { shapes[shapes.count - 1][0] }
  var prunable: [String] { shapes.indices.map { "layer\($0).weight" } }

  func initialParameters(random: RandomKey) -> ParameterSet {
    var set = ParameterSet()
    for (name, shape) in zip(prunable, shapes) {
      set[name] = .dense(
        Tensor(shape: shape) {
          random.split(name).stream().fillNormal($0, mean: 0, sigma: 1)
        })
    }
    set["bias"] = .dense(Tensor(repeating: 0.5, shape: [classes]))
    return set
  }

  func network(_ parameters: ParameterSet) -> any Network {
    ChainNetwork(names: prunable, tensors: parameters.applied)
  }

  func trainableNetwork() -> any TrainableNetwork { ChainNetwork(names: prunable, tensors: [:]) }

  func exported(_ parameters: ParameterSet) -> ScriptModule { ScriptModule(named: name) }
}

private struct ChainNetwork: Network, TrainableNetwork {
  let names: [String]
  let tensors: [String: Tensor]

  func logits(_ input: Tensor) -> Tensor {
    names.reduce(input) { value, name in
      tensors[name].map { value.linear(weight: $0.flattenedExamples, bias: nil) } ?? value
    } + (tensors["bias"] ?? Tensor(repeating: 0, shape: []))
  }

  func logits(
    _ input: Tensor, parameters: [String: Tensor], buffers: [String: Tensor]
  ) -> Tensor {
    ChainNetwork(names: names, tensors: parameters).logits(input)
  }
}

/// Gradients and training that are given; it notes when it was asked to train.
actor FakeTuning: Tuning {
  /// One call of ``tuned(_:_:)``.
  struct Call {
    let epochs: Double?
    let span: ClosedRange<Double>
    let rate: TuningSchedule.Rate
    let loss: TuningSchedule.Loss
    let architecture: any Architecture
    let parameters: ParameterSet
    let sparsity: Double
  }

  private(set) var calls: [Call] = []
  private(set) var batchesAsked: [Int] = []
  private(set) var trials: [TrialRecord] = []
  private let gradients: [[String: Tensor]]
  private let examples: Examples
  private let training: @Sendable (Classifier, TuningSchedule) -> ParameterSet

  /// - Parameters:
  ///   - gradients: What every request for gradients is answered with.
  ///   - examples: The training data; a single example of one value if not given.
  ///   - training: What training makes of a model; nothing if not given.
  init(
    gradients: [[String: Tensor]] = [], examples: Examples? = nil,
    training: @escaping @Sendable (Classifier, TuningSchedule) -> ParameterSet = {
      classifier, _ in classifier.parameters
    }
  ) {
    self.gradients = gradients
    self.training = training
    self.examples =
      examples
      ?? Examples(
        inputs: Tensor(repeating: 0, shape: [1, 1]), labels: Tensor([0]), classes: 2,
        inputRange: 0...1)
  }

  func batchGradients(
    of classifier: Classifier, batches: Int
  ) async throws -> [[String: Tensor]] {
    batchesAsked.append(batches)
    return gradients
  }

  func tuned(_ classifier: Classifier, _ schedule: TuningSchedule) async throws -> ParameterSet {
    calls.append(
      Call(
        epochs: schedule.epochs, span: schedule.span, rate: schedule.rate, loss: schedule.loss,
        architecture: classifier.architecture, parameters: classifier.parameters,
        sparsity: classifier.sparsity))
    return training(classifier, schedule)
  }

  nonisolated func calibrationInputs(_ count: Int) -> Tensor {
    let inputs = examples.inputs
    return inputs.slice(0..<min(count, inputs.size(0)))
  }

  nonisolated func initial(_ architecture: any Architecture) -> ParameterSet {
    architecture.initialParameters(random: RandomKey(seed: 7))
  }

  nonisolated func holdingOut(_ count: Int) -> (tuning: any Tuning, examples: Examples) {
    (self, examples[0..<min(count, examples.count / 2)])
  }

  nonisolated func part(_ index: Int, of count: Int) -> any Tuning { self }

  func noted(_ trial: TrialRecord) { trials.append(trial) }

  /// Clean accuracy alone; a model that nobody attacks is as robust as it is accurate.
  nonisolated func accuracy(
    of classifier: Classifier, on examples: Examples, steps: Int
  ) async throws -> (clean: Double, robust: Double) {
    let answers = try classifier.network.logits(examples.inputs).indexOfLargest(along: 1)
    let right = (answers .== examples.labels).elements(of: Bool.self).count(where: \.self)
    let share = Double(right) / Double(examples.count)
    return (share, share)
  }
}

extension Classifier {
  /// A chain with normal weights.
  static func chain(_ shapes: [[Int]], seed: UInt64 = 1) -> Classifier {
    let chain = MatrixChain(shapes: shapes)
    return Classifier(
      architecture: chain, parameters: chain.initialParameters(random: RandomKey(seed: seed)))
  }

  /// A chain of one matrix with given weights.
  static func matrix(_ values: [Float], shape: [Int]) -> Classifier {
    var classifier = chain([shape])
    classifier.parameters["layer0.weight"] = .dense(Tensor(values, shape: shape))
    return classifier
  }
}

extension ParameterSet {
  /// Elements of a prunable parameter that are gone.
  func removed(_ name: String) -> Int {
    self[name].map { $0.parameterCount - $0.storedCount } ?? 0
  }

  /// The mask of a parameter; true throughout where it is dense.
  func mask(_ name: String) -> [Bool] {
    guard let weight = self[name] else { return [] }
    return weight.mask?.elements(of: Bool.self)
      ?? Array(repeating: true, count: weight.parameterCount)
  }

  /// Everything that is stored, byte for byte.
  var storedBytes: [String: [UInt8]] { safetensors.tensors.mapValues(\.bytes) }
}
