// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import RobustCore
import Statistics
import Torch

extension IntegerKernelRecord {
  /// The most examples that are compared.
  private static let mostExamples = 1000
  /// Of those, the most that are attacked.
  private static let mostAttacked = 256

  /// Asks a model's kernels for integers and its simulation about the same examples, as they are and as an
  /// attack on the simulation leaves them.
  init(
    _ integers: IntegerNetwork, _ classifier: Classifier, _ examples: Examples,
    _ threat: ThreatModel
  ) throws {
    func agreeing(_ inputs: Tensor) throws -> Int {
      func classes(_ network: any Network) throws -> Tensor {
        try network.tiledLogits(inputs).indexOfLargest(along: 1)
      }
      return try (classes(integers) .== classes(classifier.network)).nonZeroCount
    }
    let count = min(examples.count, Self.mostExamples)
    self.init(
      engine: IntegerLayer.engine ?? "", layers: integers.integerLayers,
      multiplyingLayers: integers.multiplyingLayers, examples: count,
      agreeing: try agreeing(examples.batch(Array(0..<count)).inputs))
    guard threat.norm != .l0 else { return }
    let batch = examples.batch(Array(0..<min(count, Self.mostAttacked)))
    let victim = ModelVictim(
      classifier.attackedNetwork, classes: examples.classes, inputRange: examples.inputRange,
      rows: batch.count)
    // It rests where it has just crossed a border, where the two differ most easily.
    let inputs = try ProjectedGradient(steps: 10).perturb(
      batch, within: threat, against: victim, random: RandomKey(seed: 0).split("integers"))
    attacked = batch.count
    attackedAgreeing = try agreeing(inputs)
  }
}

extension Classifier {
  /// The model with kernels for integers; nil where none of its layers can use them.
  var integerNetwork: IntegerNetwork? {
    guard isQuantized, IntegerLayer.engine != nil,
      let native = architecture as? GraphArchitecture, !native.graph.readsWords
    else { return nil }
    return IntegerNetwork(native.graph, parameters)
  }
}
