// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Evaluation
import Glibc
import Models
import Records
import RobustCore
import Statistics
import Torch
import Training

/// The time that the importance of every weight of `cnn` takes, beside one epoch of its training.
///
/// As many images as Fashion-MNIST has, of noise: what they show costs nothing.
struct ScoreBenchmark {
  /// Methods that judge the weights once.
  static let methods = ["magnitude", "gradient", "taylor", "snip", "random"]
  private static let count = 60_000

  private let classifier: Classifier
  private let tuner: VariantTuner

  init(workers: Int) throws {
    let cnn = GraphArchitecture.cnn(
      InputDescription(shape: [1, 28, 28], classes: 10, mean: [0.286], deviation: [0.353]))
    let random = RandomKey(seed: 1)
    classifier = Classifier(
      architecture: cnn, parameters: cnn.initialParameters(random: random.split("initial")))
    let images = Tensor(shape: [Self.count, 1, 28, 28]) {
      random.split("images").stream().fillUniform($0, low: 0, high: 1)
    }
    tuner = VariantTuner(
      examples: Examples(
        inputs: images, labels: Tensor((0..<Self.count).map { $0 % 10 }), classes: 10,
        inputRange: 0...1),
      dataset: "noise", training: Specification(named: "standard"),
      context: TrainingMember.Context(Experiment()), pool: WorkerPool(workers: workers),
      random: random,
      initialRandom: random.split("initial")
    ) { _ in }
  }

  /// Seconds of one epoch of training on clean images, the cheapest that there is.
  func epoch() async throws -> Double {
    try await seconds {
      _ = try await tuner.tuned(classifier, TuningSchedule(epochs: 1, rate: .full))
    }
  }

  /// Seconds of scoring every weight and taking half of them away.
  func scoring(_ method: String) async throws -> Double {
    let specification = try Specification("\(method):epochs=0")
    let compression = try CompressionCatalog.member(for: specification)
      .compression(specification)
    return try await seconds {
      _ = try await compression.compressed(
        classifier, to: 0.5, tuning: tuner, random: RandomKey(seed: 2))
    }
  }

  private func seconds(_ body: () async throws -> Void) async throws -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
    let start = now()
    try await body()
    return now() - start
  }
}
