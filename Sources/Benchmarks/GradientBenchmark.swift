// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Models
import RobustCore
import Statistics
import Torch

/// Input gradients of `cnn`, beside the usual way to take them and the machine's own limit.
struct GradientBenchmark {
  /// What one round measured, all of it within a second.
  struct Round {
    /// Multiply-adds a second of a square matrix product.
    let peak: Double
    /// Images a second with one batch, libtorch's operators and its own threads.
    let usual: Double
    /// Images a second with a pool of workers.
    let pool: Double
  }

  let multiplyAdds: Int
  private let workers: Int
  private let network: any Network
  private let weights: [String: Tensor]
  private let batch: Tensor
  private let labels: Tensor

  private static let batchSize = 256
  private static let poolBatches = 8
  private static let matrixSize = 2_048

  init(workers: Int) {
    self.workers = workers
    let input = InputDescription(
      shape: [1, 28, 28], classes: 10, mean: [0.286], deviation: [0.353])
    let cnn = GraphArchitecture.cnn(input)
    let parameters = cnn.initialParameters(random: RandomKey(seed: 1))
    network = cnn.network(parameters)
    weights = parameters.applied
    batch = Tensor(shape: [Self.batchSize, 1, 28, 28]) {
      RandomKey(seed: 2).stream().fillUniform($0, low: 0, high: 1)
    }
    labels = Tensor((0..<Self.batchSize).map { $0 % 10 })
    let one = batch.slice(0..<1)
    multiplyAdds =
      (try? MultiplyAdds.counted { [network] in _ = try network.logits(one) })?.dense ?? 0
  }

  /// The images a second that a rate of multiply-adds would allow, nothing else costing anything.
  func imagesAllowed(by peak: Double) -> Double { peak / Double(2 * multiplyAdds) }

  func round() async throws -> Round {
    Round(peak: matrixPeak(), usual: usualRate(), pool: try await poolRate())
  }

  private func matrixPeak() -> Double {
    TorchLibrary.limitThreads(to: workers)
    let side = Self.matrixSize
    let left = Tensor(repeating: 0.5, shape: [side, side])
    let right = Tensor(repeating: 0.25, shape: [side, side])
    return bestRate(of: Double(side * side * side)) {
      withoutGradients { _ = left.matrixProduct(right) }
    }
  }

  private func usualRate() -> Double {
    TorchLibrary.limitThreads(to: workers)
    return bestRate(of: Double(Self.batchSize)) {
      withGradients {
        let leaf = batch.leaf
        _ = usualLogits(leaf).crossEntropies(labels: labels).sum.gradient(withRespectTo: leaf)
      }
    }
  }

  private func usualLogits(_ input: Tensor) -> Tensor {
    func parameter(_ name: String) -> Tensor { weights[name] ?? input }
    func convolution(_ input: Tensor, _ name: String) -> Tensor {
      input.convolved(
        weight: parameter("\(name).weight"), bias: parameter("\(name).bias"), padding: 1
      ).relu.maxPooled(2)
    }
    func linear(_ input: Tensor, _ name: String) -> Tensor {
      input.linear(weight: parameter("\(name).weight"), bias: parameter("\(name).bias"))
    }
    let features = convolution(convolution((input - 0.286) / 0.353, "conv1"), "conv2")
    return linear(linear(features.flattenedExamples, "fc1").relu, "fc2")
  }

  private func poolRate() async throws -> Double {
    let (network, batch, labels) = (network, batch, labels)
    let pool = WorkerPool(workers: workers)
    let start = seconds()
    _ = try await pool.map(Self.poolBatches) { _ in
      try network.tiledGradient(at: batch) { logits, range in
        Loss.crossEntropy.values(logits: logits, labels: labels.slice(range))
      }.gradient.size(0)
    }
    return Double(Self.poolBatches * Self.batchSize) / (seconds() - start)
  }

  /// The best of three, after one that warms up.
  private func bestRate(of amount: Double, _ body: () -> Void) -> Double {
    body()
    return (0..<3).reduce(0.0) { best, _ in
      let start = seconds()
      body()
      return max(best, amount / (seconds() - start))
    }
  }

  private func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
