// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Models
import RobustCore
import Statistics
import Torch

func seconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The best rate of several rounds, so that another process's moment does not count.
func bestRate(rounds: Int = 5, of amount: Double, _ body: () throws -> Void) rethrows -> Double {
  try body()
  var best = 0.0
  for _ in 0..<rounds {
    let start = seconds()
    try body()
    best = max(best, amount / (seconds() - start))
  }
  return best
}

/// The peak of a square single-precision matrix product, in multiply-adds a second.
func matrixPeak(size: Int = 2_048, threads: Int) -> Double {
  TorchLibrary.limitThreads(to: threads)
  let left = Tensor(repeating: 0.5, shape: [size, size])
  let right = Tensor(repeating: 0.25, shape: [size, size])
  return withoutGradients {
    bestRate(of: Double(size * size * size)) { _ = left.matrixProduct(right) }
  }
}

let input = InputDescription(shape: [1, 28, 28], classes: 10, mean: [0.286], deviation: [0.353])
let cnn = GraphArchitecture.cnn(input)
let classifier = Classifier(
  architecture: cnn, parameters: cnn.initialParameters(random: RandomKey(seed: 1)))
let network = classifier.network
let macs = try MultiplyAdds.counted {
  _ = try network.logits(Tensor(repeating: 0.5, shape: [1, 1, 28, 28]))
}
print("cnn: \(macs.dense) multiply-adds forward, twice that with the input gradient")
let peak = matrixPeak(threads: 2)
print("2048² product, two threads: \(peak * 2 / 1e9) GFLOP/s")
print("peak would allow \(peak / Double(2 * macs.dense)) img/s")

func images(_ count: Int) -> Tensor {
  Tensor(shape: [count, 1, 28, 28]) { RandomKey(seed: 2).stream().fillUniform($0, low: 0, high: 1) }
}

let labels = Tensor(Array(repeating: 3, count: 256))
let batch = images(256)
let pool = WorkerPool(workers: 2)
for _ in 0..<3 {
  let start = seconds()
  _ = try await pool.map(32) { _ in
    try network.tiledGradient(at: batch) { logits, range in
      Loss.crossEntropy.values(logits: logits, labels: labels.slice(range))
    }.gradient.size(0)
  }
  print("pool: \(32 * 256 / (seconds() - start)) img/s")
}
