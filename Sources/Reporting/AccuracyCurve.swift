// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Accuracy against sparsity for one training and one compression, dense parent first.
struct AccuracyCurve {
  struct Point {
    let sparsity: Double
    let clean: Estimate
    let robust: Estimate
  }

  let training: String
  let compression: String
  let points: [Point]

  /// The curves of a group, in the order of their first variants.
  ///
  /// Each model that was compressed to several sparsities from one parent is a curve; a dense model
  /// without a child in the group is a curve of one point.
  static func all(in group: EvaluationGroup) -> [AccuracyCurve] {
    let dense = group.rows.filter { $0.variant.parent == nil }
    let denseById = Dictionary(dense.map { ($0.variant.id, $0) }) { first, _ in first }
    var keys: [[String]] = []
    var children: [[String]: [EvaluationRow]] = [:]
    for row in group.rows {
      guard let parent = row.variant.parent else { continue }
      let key = [parent, row.variant.training, row.variant.compression]
      if children[key] == nil { keys.append(key) }
      children[key, default: []].append(row)
    }
    let curves = keys.map { key in
      let rows = (denseById[key[0]].map { [$0] } ?? []) + (children[key] ?? [])
      return AccuracyCurve(training: key[1], compression: key[2], rows: rows)
    }
    let parents = Set(keys.map { $0[0] })
    let alone = dense.filter { !parents.contains($0.variant.id) }.map {
      AccuracyCurve(training: $0.variant.training, compression: $0.variant.compression, rows: [$0])
    }
    return curves + alone
  }

  private init(training: String, compression: String, rows: [EvaluationRow]) {
    self.training = training
    self.compression = compression
    points = rows.map {
      Point(
        sparsity: $0.variant.sparsity.achieved, clean: $0.evaluation.cleanAccuracy,
        robust: $0.evaluation.robustAccuracy)
    }.sorted { $0.sparsity < $1.sparsity }
  }
}
