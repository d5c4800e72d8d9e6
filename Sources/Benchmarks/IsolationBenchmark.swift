// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Isolation
import Models
import RobustCore
import Statistics
import Torch

/// Score queries of `cnn` through the socket of an isolated process, beside the same in this process.
struct IsolationBenchmark {
  /// What one round measured, all of it within a second.
  struct Round {
    /// Answers a second in this process, by a pool of workers.
    let inProcess: Double
    /// Answers a second from the isolated process, which has as many threads.
    let isolated: Double
    /// Answers a second from two stages, each a process.
    let stages: Double
  }

  /// The walls around the process that was measured.
  let layers: [SandboxLayer]
  private let workers: Int
  private let network: any Network
  private let isolated: IsolatedModel
  private let stages: IsolatedModel
  private let batch: Tensor

  private static let batchSize = 256
  private static let batches = 16

  /// Starts the processes.
  ///
  /// - Throws: `IsolationError` where there can be none.
  init(workers: Int) throws {
    self.workers = workers
    let input = InputDescription(
      shape: [1, 28, 28], classes: 10, mean: [0.286], deviation: [0.353])
    let cnn = GraphArchitecture.cnn(input)
    let classifier = Classifier(
      architecture: cnn, parameters: cnn.initialParameters(random: RandomKey(seed: 1)))
    let policy = AnswerPolicy(answers: .scores(decimals: nil))
    network = classifier.network
    isolated = try IsolatedModel(classifier, policy: policy, channels: workers)
    stages = try IsolatedModel(
      classifier, stages: cnn.graph.stages(2) ?? [], policy: policy)
    layers = isolated.layers
    batch = Tensor(shape: [Self.batchSize, 1, 28, 28]) {
      RandomKey(seed: 2).stream().fillUniform($0, low: 0, high: 1)
    }
  }

  /// Measures each of them once, in turn.
  func round() async throws -> Round {
    Round(
      inProcess: try await rate(of: network), isolated: try await rate(of: isolated.network),
      stages: try await rate(of: stages.network))
  }

  private func rate(of network: any Network) async throws -> Double {
    let batch = batch
    let pool = WorkerPool(workers: workers)
    let start = seconds()
    _ = try await pool.map(Self.batches) { _ in try network.tiledLogits(batch).size(0) }
    return Double(Self.batches * Self.batchSize) / (seconds() - start)
  }

  private func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
