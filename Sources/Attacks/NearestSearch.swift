// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Torch

/// The state that nearest-example attacks share: the nearest adversarial input of every example so
/// far, and the examples that are still worked on.
struct NearestSearch {
  /// The unperturbed inputs of the whole batch.
  let originals: Tensor
  private let labels: Tensor
  private let norm: Norm
  private let enough: Double
  private var results: Tensor
  private var distances: [Double]
  /// Rows of the batch that are still worked on, ascending.
  private(set) var active: [Int]
  private var resting: [Int] = []

  /// Begins with every example and nothing found.
  ///
  /// - Parameters:
  ///   - batch: The examples.
  ///   - norm: In which the nearest is sought.
  ///   - enough: The distance at which an example may rest; nil for none.
  init(_ batch: Batch, in norm: Norm, enough: Double?) {
    originals = batch.inputs
    labels = batch.labels
    self.norm = norm
    self.enough = enough ?? 0
    results = batch.inputs
    distances = Array(repeating: .infinity, count: batch.count)
    active = Array(0..<batch.count)
    lastRows = active
  }

  /// The nearest adversarial inputs; the input itself where none was found.
  var inputs: Tensor { results }

  /// The rows that the last recorded inputs belonged to.
  private(set) var lastRows: [Int]

  /// Labels of the active rows.
  var activeLabels: Tensor { labels.rows(active) }

  /// Unperturbed inputs of the active rows.
  var activeOriginals: Tensor { originals.rows(active) }

  /// Distances of the nearest adversarial inputs of the active rows, infinite where there is none.
  var activeDistances: Tensor { Tensor(active.map { Float(distances[$0]) }) }

  /// The rows of examples for which an adversarial input is known.
  var found: [Int] { distances.indices.filter { distances[$0] < .infinity } }

  /// What the model's answer to some inputs says of them.
  struct Verdict {
    /// Whether each input is adversarial, by its position.
    let isAdversarial: [Bool]
    /// Positions that are still worked on; nil where all are.
    let kept: [Int]?
  }

  /// Keeps adversarial inputs that are nearer than what was known, and retires examples that are near
  /// enough.
  ///
  /// - Parameters:
  ///   - inputs: One for each active row, inside the input range.
  ///   - logits: The model's answer to them.
  /// - Returns: What each input is, and which positions are still worked on.
  mutating func record(_ inputs: Tensor, logits: Tensor) -> Verdict {
    record(inputs, predictions: logits.indexOfLargest(along: 1))
  }

  /// The same for a model that answers classes alone.
  mutating func record(_ inputs: Tensor, predictions: Tensor) -> Verdict {
    lastRows = active
    let verdict = note(inputs, predictions: predictions, rows: active)
    let kept = active.indices.filter { distances[active[$0]] > enough }
    guard kept.count < active.count else { return Verdict(isAdversarial: verdict, kept: nil) }
    active = kept.map { active[$0] }
    return Verdict(isAdversarial: verdict, kept: kept)
  }

  /// Notes adversarial inputs of any rows, and retires nothing.
  private mutating func note(_ inputs: Tensor, predictions: Tensor, rows: [Int]) -> [Bool] {
    let wrong = (predictions .== labels.rows(rows)).not.elements(of: Bool.self)
    guard wrong.contains(true) else { return wrong }
    let lengths = norm.distances(of: inputs, from: originals.rows(rows))
      .elements(of: Double.self)
    let nearer = wrong.indices.filter { wrong[$0] && lengths[$0] < distances[rows[$0]] }
    for position in nearer { distances[rows[position]] = lengths[position] }
    results = results.replacing(nearer.map { rows[$0] }, with: inputs.rows(nearer))
    return wrong
  }

  /// Works on no other active rows than those at some positions.
  mutating func retire(allBut positions: [Int]) { active = positions.map { active[$0] } }

  /// Lets active rows rest, but for those at some positions, until ``wake()``.
  mutating func rest(allBut positions: [Int]) {
    let kept = Set(positions)
    resting += active.indices.filter { !kept.contains($0) }.map { active[$0] }
    retire(allBut: positions)
  }

  /// Works on the rows again that rested.
  mutating func wake() {
    active = (active + resting).sorted()
    resting = []
  }

  /// Halves the way between each input and its nearest adversarial one, again and again.
  ///
  /// Examples that are near enough are left as they are.
  ///
  /// - Parameters:
  ///   - victim: Asked once for each example and halving.
  ///   - halvings: After ten, the way is known to a thousandth.
  /// - Throws: What the victim throws.
  mutating func approach(_ victim: any LabelVictim, halvings: Int) throws {
    let rows = found.filter { distances[$0] > enough }
    guard !rows.isEmpty else { return }
    let starts = originals.rows(rows)
    let way = results.rows(rows) - starts
    var low = Tensor(repeating: 0, shape: [rows.count]).perExample(of: starts)
    var high = low + 1
    for _ in 0..<halvings {
      let middle = (low + high) * 0.5
      let inputs = (starts + way * middle).clamped(to: victim.inputRange)
      let predictions = try victim.predictions(of: inputs, rows: rows)
      let wrong = note(inputs, predictions: predictions, rows: rows)
      let isWrong = Tensor(wrong.map { $0 ? Float(1) : 0 }).perExample(of: starts) .> 0.5
      high = isWrong.select(middle, else: high)
      low = isWrong.select(low, else: middle)
    }
  }

  /// Goes a little further than the points that were found, where that is adversarial too.
  ///
  /// A point right on the border is on either side by the rounding of sums, so that it may not be
  /// adversarial when it is looked at again.
  ///
  /// - Parameters:
  ///   - victim: Asked once for each found example.
  ///   - share: Of the way from the input; what was near enough stays so.
  /// - Throws: What the victim throws.
  mutating func stepOver(_ victim: any LabelVictim, by share: Double) throws {
    let rows = found.filter { distances[$0] > 0 }
    guard !rows.isEmpty else { return }
    let starts = originals.rows(rows)
    let inputs = (starts + (results.rows(rows) - starts) * (1 + share))
      .clamped(to: victim.inputRange)
    let predictions = try victim.predictions(of: inputs, rows: rows)
    let wrong = (predictions .== labels.rows(rows)).not.elements(of: Bool.self)
    let lengths = norm.distances(of: inputs, from: starts).elements(of: Double.self)
    let better = rows.indices.filter {
      wrong[$0] && (lengths[$0] <= enough || distances[rows[$0]] > enough)
    }
    for position in better { distances[rows[position]] = lengths[position] }
    results = results.replacing(better.map { rows[$0] }, with: inputs.rows(better))
  }
}
