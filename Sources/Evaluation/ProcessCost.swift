// SPDX-License-Identifier: GPL-3.0-or-later

import Isolation
import Journal
import Records
import RobustCore
import Statistics
import Torch

/// Times a model in a process of its own against the same model in this one.
struct ProcessCost {
  let clock: @Sendable () -> Double

  private static let repetitions = 31
  private static let batch = 64
  private static let batches = 24

  /// The journal's key for what an evaluation's process costs.
  static func key(_ evaluation: EvaluationPlan) -> String { "\(evaluation.attacker)/process" }

  /// What was measured for an evaluation, as the journal holds it; nil where there was no process.
  static func record(
    of evaluation: EvaluationPlan, in journal: Journal
  ) throws -> ProcessRecord? {
    try journal.payload(evaluation: key(evaluation), block: 0).map {
      try CanonicalJSON.value(ProcessRecord.self, from: String(decoding: $0, as: UTF8.self))
    }
  }

  /// Measures both.
  func record(
    of process: IsolatedModel, against classifier: Classifier
  ) throws -> ProcessRecord {
    let networks = [classifier.network, process.network]
    let one = classifier.architecture.probe(1)
    let many = classifier.architecture.probe(Self.batch)
    var times: [[Double]] = [[], []]
    var rates: [Double] = []
    // One pass each before the clock counts; then both take turns, so that other work slows both.
    for network in networks { _ = try network.tiledLogits(many) }
    for _ in 0..<Self.repetitions {
      for (index, network) in networks.enumerated() {
        let start = clock()
        _ = try network.tiledLogits(one)
        times[index].append((clock() - start) * 1_000)
      }
    }
    for network in networks {
      let start = clock()
      for _ in 0..<Self.batches { _ = try network.tiledLogits(many) }
      let seconds = max(clock() - start, .leastNormalMagnitude)
      rates.append(Double(Self.batches * Self.batch) / seconds)
    }
    return ProcessRecord(
      walls: process.layers.map(\.rawValue), latency: MedianRecord(times[0]),
      latencyIsolated: MedianRecord(times[1]), queriesPerSecond: rates[0],
      queriesPerSecondIsolated: rates[1])
  }
}
