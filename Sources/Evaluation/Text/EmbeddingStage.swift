// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Journal
import Records
import Reporting
import RobustCore
import Statistics
import Torch

/// Asks how near the boundary of each variant lies in the space of its vectors of words.
///
/// A diagnostic beside the evaluations: what it finds is no text, and no verdict changes by it.
struct EmbeddingStage: Sendable {
  /// What was counted in one block of examples; a row of the journal.
  struct Counts: Codable, Sendable {
    /// Examples of the block.
    var examples: Int
    /// Right as they are.
    var clean: Int
    /// Still right in balls of each radius, by rising radius.
    var standing: [Int]
    /// Gradients of all examples.
    var gradients: Int
    /// The mean length of the variant's vectors.
    var meanLength: Double

    /// Both blocks of one variant together.
    func joined(_ other: Counts) -> Counts {
      Counts(
        examples: examples + other.examples, clean: clean + other.clean,
        standing: zip(standing, other.standing).map { $0 + $1 },
        gradients: gradients + other.gradients, meanLength: meanLength)
    }
  }

  let resolved: ResolvedExperiment
  let variants: [VariantMaker.Variant]
  let journal: Journal
  let options: RunOptions
  let progress: @Sendable (ProgressEvent) throws -> Void

  /// Texts that are moved at a time, filled up to the longest of them alone.
  private static let tileSize = 64
  /// The search in each ball.
  static let ascent = EmbeddingAscent()

  /// The journal's key for a variant.
  static func key(_ variant: String) -> String { "\(variant)/embedding" }

  /// Runs what the journal does not hold yet.
  func run() async throws {
    guard let shares = resolved.experiment.embeddingRadii else { return }
    let blocks = BlockJudge.blocks(of: resolved.test.count)
    let pending = try variants.flatMap { variant in
      let stored = try journal.completedBlocks(ofEvaluation: Self.key(variant.plan.id))
      return (0..<blocks).filter { block in
        let isOurs = options.shard.map { block % $0.count == $0.index - 1 } ?? true
        return isOurs && !stored.contains(block)
      }.map { (variant, $0) }
    }
    let done = Counter()
    _ = try await WorkerPool(workers: options.workers).map(pending.count) { index in
      let (variant, block) = pending[index]
      guard let network = variant.classifier.attackedNetwork as? any WordNetwork else {
        preconditionFailure("models without vectors of words were refused")
      }
      let start = block * BlockJudge.blockSize
      let range = start..<min(start + BlockJudge.blockSize, resolved.test.count)
      let counts = try Self.counts(
        resolved.test.batch(Array(range)), network, shares: shares.rising.map(\.value))
      try journal.record(
        Array(try CanonicalJSON.line(counts).utf8), evaluation: Self.key(variant.plan.id),
        block: block)
      try progress(
        .advanced(
          StageProgress(
            stage: "embedding", done: done.increment(), total: pending.count, unit: "blocks")))
    }
  }

  /// Counts some examples; one that falls in a small ball has fallen in the larger ones around it.
  static func counts(_ batch: Batch, _ network: any WordNetwork, shares: [Double]) throws -> Counts
  {
    let meanLength = network.meanLength
    let right = (try network.tiledLogits(batch.inputs).indexOfLargest(along: 1) .== batch.labels)
      .elements(of: Bool.self)
    var standing = right.indices.filter { right[$0] }
    var counts = Counts(
      examples: batch.count, clean: standing.count, standing: [], gradients: 0,
      meanLength: meanLength)
    for share in shares {
      var left: [Int] = []
      for start in stride(from: 0, to: standing.count, by: tileSize) {
        let rows = Array(standing[start..<min(start + tileSize, standing.count)])
        let found = try ascent.search(
          network, ids: batch.inputs.rows(rows).withoutPadding, labels: batch.labels.rows(rows),
          radius: share * meanLength)
        counts.gradients += found.gradients
        left += zip(rows, found.misled).filter { !$1 }.map(\.0)
      }
      standing = left
      counts.standing.append(standing.count)
    }
    return counts
  }

  /// The records of all variants, as the journal holds what was counted.
  static func records(
    of plan: Plan, shares: [Epsilon], in journal: Journal
  ) throws -> [EmbeddingRecord] {
    try plan.variants.compactMap { variant in
      let blocks = try journal.blocks(ofEvaluation: key(variant.id)).map {
        try CanonicalJSON.value(Counts.self, from: String(decoding: $0.payload, as: UTF8.self))
      }
      guard let first = blocks.first else { return nil }
      let all = blocks.dropFirst().reduce(first) { $0.joined($1) }
      func share(_ count: Int) -> Estimate {
        let interval = ProportionInterval(
          successes: count, trials: all.examples, level: Analysis.level
        ).interval
        return Estimate(
          value: Double(count) / Double(all.examples), low: interval.low, high: interval.high,
          level: Analysis.level)
      }
      return EmbeddingRecord(
        variant: variant.id, meanLength: all.meanLength, steps: ascent.steps,
        gradients: all.gradients, examples: all.examples, cleanAccuracy: share(all.clean),
        points: zip(shares.rising, all.standing).map {
          EmbeddingRecord.Point(
            share: $0, radius: $0.value * all.meanLength, accuracy: share($1))
        })
    }
  }
}

extension [Epsilon] {
  /// From the smallest on.
  fileprivate var rising: [Epsilon] { sorted { $0.value < $1.value } }
}

extension WordNetwork {
  /// The mean length of the vectors of all ids but padding.
  var meanLength: Double {
    let vectors = wordVectors
    return vectors.slice(1..<vectors.size(0)).norm(2, along: [1]).sum.scalar
      / Double(max(1, vectors.size(0) - 1))
  }
}

extension ResolvedExperiment {
  /// Vectors of words can be moved where a native model reads texts.
  ///
  /// - Throws: ``ExperimentError`` with code `wrongData` or `noWordVectors`.
  static func checkEmbeddingRadii(_ experiment: Experiment, holdsTexts: Bool) throws {
    guard let radii = experiment.embeddingRadii else { return }
    let subject = "--embedding-radius \(radii.map(\.text).joined(separator: ","))"
    guard holdsTexts else {
      throw ExperimentError(
        .wrongData, subject: subject, detail: "\(experiment.dataset) holds images, not words",
        remedy: "leave the option out, or take an attack on images, as pgd")
    }
    if let file = experiment.models.first(where: \.isFile) {
      throw ExperimentError(
        .noWordVectors, subject: subject, detail: "\(file) does not tell the vectors of its words",
        remedy: "leave the option out, or take a model that this program trains")
    }
  }
}
