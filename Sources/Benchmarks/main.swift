// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Isolation
import Records
import Statistics

// Rounds measure all three in turn, so that a slow moment of the machine falls on all of them.
let benchmark = GradientBenchmark(workers: 2)
var rounds: [GradientBenchmark.Round] = []
for _ in 0..<9 { rounds.append(try await benchmark.round()) }

func report(_ name: String, unit: String, decimals: Int, _ values: [Double]) -> Double {
  guard let interval = MedianInterval(samples: values, level: 0.95) else { return .nan }
  print(
    "\(name): \(interval.median.fixed(decimals)) [\(interval.low.fixed(decimals)),"
      + " \(interval.high.fixed(decimals))] \(unit) (median of \(values.count) rounds)")
  return interval.median
}

print(
  "cnn, 28x28: \(benchmark.multiplyAdds) multiply-adds forward, as many again for the input gradient"
)
_ = report(
  "matrix product 2048x2048, 2 threads", unit: "GFLOP/s", decimals: 1,
  rounds.map { $0.peak * 2 / 1e9 })
_ = report(
  "input gradients, one batch of 256, 2 threads, libtorch's operators", unit: "img/s", decimals: 0,
  rounds.map(\.usual))
_ = report(
  "input gradients, worker pool of 2", unit: "img/s", decimals: 0, rounds.map(\.pool))
let share = report(
  "pool / what the matrix product would allow", unit: "(at least 0.50)", decimals: 3,
  rounds.map { $0.pool / benchmark.imagesAllowed(by: $0.peak) })
let ratio = report(
  "pool / usual", unit: "(at least 1.70)", decimals: 2, rounds.map { $0.pool / $0.usual })

let isolation = try IsolationBenchmark(workers: 2)
var answers: [IsolationBenchmark.Round] = []
for _ in 0..<16 { answers.append(try await isolation.round()) }
// The first round warms up.
answers.removeFirst()
print("isolated: \(isolation.layers.map(\.rawValue).joined(separator: ", "))")
_ = report(
  "score queries in this process, pool of 2", unit: "queries/s", decimals: 0,
  answers.map(\.inProcess))
let queries = report(
  "score queries to an isolated process, 2 threads", unit: "queries/s (at least 5000)",
  decimals: 0, answers.map(\.isolated))
let kept = report(
  "isolated / in this process", unit: "(at least 0.80)", decimals: 3,
  answers.map { $0.isolated / $0.inProcess })
_ = report(
  "score queries to a pipeline of two isolated stages", unit: "queries/s", decimals: 0,
  answers.map(\.stages))
let scores = try ScoreBenchmark(workers: 2)
let epoch = try await scores.epoch()
print("one epoch of cnn, 60000 images, clean: \(epoch.fixed(2)) s")
var slowest = 0.0
for method in ScoreBenchmark.methods {
  let scoring = try await scores.scoring(method)
  slowest = max(slowest, scoring / epoch)
  print(
    "importance of every weight by \(method): \(scoring.fixed(3)) s,"
      + " \((scoring / epoch).fixed(4)) of an epoch (at most 1)")
}
exit(
  share >= 0.5 && ratio >= 1.7 && queries >= 5_000 && kept >= 0.8 && slowest <= 1 ? 0 : 2)
