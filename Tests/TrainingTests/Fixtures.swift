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

/// Keeps copies of the checkpoints of one training in memory.
final class MemoryKeeper: CheckpointKeeper {
  private let kept = Mutex<[Checkpoint]>([])

  /// Starts with a checkpoint, or afresh.
  init(_ checkpoint: Checkpoint? = nil) { kept.withLock { $0 = checkpoint.map { [$0] } ?? [] } }

  var all: [Checkpoint] { kept.withLock { $0 } }

  func last() -> Checkpoint? { kept.withLock { $0.last } }

  func keep(_ checkpoint: Checkpoint) { kept.withLock { $0.append(checkpoint) } }
}

/// Thrown from a progress closure to interrupt a training.
struct Interruption: Error {}

enum Fixtures {
  /// Normal noise on one bright patch for each class, inside 0...1.
  static func images(
    _ count: Int, shape: [Int] = [1, 12, 12], classes: Int = 3, noise: Float = 0.15
  ) -> Examples {
    let size = shape.reduce(1, *)
    let inputs = Tensor(shape: [count] + shape) { (values: UnsafeMutableBufferPointer<Float>) in
      RandomKey(seed: 41).stream().fillNormal(values, mean: 0.4, sigma: noise)
      for index in values.indices {
        let (example, position) = index.quotientAndRemainder(dividingBy: size)
        if position * classes / size == example % classes { values[index] += 0.3 }
        values[index] = min(max(values[index], 0), 1)
      }
    }
    return Examples(
      inputs: inputs, labels: Tensor((0..<count).map { $0 % classes }), classes: classes,
      inputRange: 0...1)
  }

  /// One matrix and a bias.
  static func linear(_ shape: [Int] = [1, 12, 12], classes: Int = 3) -> GraphArchitecture {
    var graph = Graph()
    graph.append("flatten", .flatten, reading: [-1])
    graph.append("fc", .linear(input: shape.reduce(1, *), output: classes))
    return GraphArchitecture(name: "linear", inputShape: shape, classes: classes, graph: graph)
  }

  static func resnet8(_ shape: [Int] = [1, 12, 12]) -> GraphArchitecture {
    .resnet8(
      InputDescription(
        shape: shape, classes: 3, mean: Array(repeating: 0.5, count: shape[0]),
        deviation: Array(repeating: 0.25, count: shape[0])))
  }

  /// The objective of a catalog member such as `trades:steps=2`.
  static func objective(_ text: String) throws -> any Objective {
    let specification = try Specification(text)
    let threat = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0.1")))
    let context = TrainingMember.Context(threat: threat) { ascent in
      switch ascent {
      case .steps(let steps, let stepSize):
        ProjectedGradient(steps: steps, stepSize: stepSize, stopsAtSuccess: false)
      case .noisyStep(let noise, let stepSize): NoisyGradientStep(noise: noise, stepSize: stepSize)
      }
    }
    return try TrainingCatalog.member(for: specification).resolved(specification, context).objective
  }

  static func trainer(
    _ architecture: any Architecture, _ examples: Examples, _ objective: any Objective,
    _ recipe: TrainingRecipe, workers: Int = 1
  ) -> Trainer {
    Trainer(
      architecture: architecture, examples: examples, objective: objective, recipe: recipe,
      pool: WorkerPool(workers: workers), random: RandomKey(seed: 9))
  }
}

extension ParameterSet {
  /// Everything that is stored, byte for byte.
  var storedBytes: [String: [UInt8]] { safetensors.tensors.mapValues(\.bytes) }

  /// The elements of a parameter.
  func values(_ name: String) -> [Float] { self[name]?.applied.elements(of: Float.self) ?? [] }
}
