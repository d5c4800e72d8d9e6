// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// What proposes inputs for each active example, and forgets examples that are broken.
protocol Proposals {
  /// Learns which proposals were taken, one answer for each example.
  mutating func take(_ isBetter: [Bool])
  /// Drops every example but the kept ones.
  mutating func keep(_ positions: [Int])
}

/// Where each example of a random search stands: the input of the highest margin so far.
struct ScoreClimb<Source: Proposals> {
  var proposals: Source
  private(set) var best: Tensor
  private var labels: Tensor
  private var losses: Tensor
  private var pace: Pace
  private var asked = 0

  /// Begins before any answer; the first proposals are kept whatever they score.
  init(_ proposals: Source, labels: Tensor, first inputs: Tensor, pace: Pace) {
    self.proposals = proposals
    self.labels = labels
    self.pace = pace
    losses = Tensor(repeating: -.infinity, shape: [labels.size(0)])
    best = inputs
  }

  /// Asks the victim about one proposal for each active example, and keeps those that are better.
  mutating func ask(_ inputs: Tensor, _ victim: any ScoreVictim, _ search: inout Search) throws {
    let logits = try victim.logits(of: inputs, rows: search.active)
    let losses = Loss.margin.values(logits: logits, labels: labels)
    // A loss that is not a number never wins.
    let isBetter = losses .> self.losses
    best = isBetter.perExample(of: inputs).select(inputs, else: best)
    self.losses = isBetter.select(losses, else: self.losses)
    proposals.take(isBetter.elements(of: Bool.self))
    asked += 1
    if let kept = search.record(inputs, logits: logits) { keep(kept) }
    guard let hopeful = pace.worthwhile(self.losses, asked: asked) else { return }
    search.settle(best)
    search.retire(allBut: hopeful)
    keep(hopeful)
  }

  private mutating func keep(_ kept: [Int]) {
    let rows = Tensor(kept)
    best = best.rows(rows)
    labels = labels.rows(rows)
    losses = losses.rows(rows)
    pace.keep(kept)
    proposals.keep(kept)
  }
}
