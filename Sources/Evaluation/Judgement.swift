// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Torch

/// What a model makes of one input.
struct Judgement {
  /// The class of a model that answered no number.
  static let noPrediction = -1
  /// The other number of threads by which mistakes are seen again; attacks use one.
  static let team = 2

  /// The predicted class; ``noPrediction`` where a logit is not finite.
  var prediction: Int
  /// What is wrong with the answer.
  var failures: Failures
}

extension Network {
  /// Predictions, tile by tile.
  ///
  /// A model that answers no number is right about nothing.
  func judgements(of inputs: Tensor) throws -> [Judgement] {
    let logits = try tiledLogits(inputs)
    let predictions = logits.indexOfLargest(along: 1).elements(of: Int.self)
    let isFinite = logits.isFinite.cast(to: .float32).smallest(along: [1]).elements(of: Float.self)
    return zip(predictions, isFinite).map { prediction, isFinite in
      isFinite == 1
        ? Judgement(prediction: prediction, failures: [])
        : Judgement(prediction: Judgement.noPrediction, failures: .nonFiniteLogits)
    }
  }

  /// Predictions of which every mistake was seen again with the input alone in its batch.
  ///
  /// A mistake that is not seen again does not count, and is marked.
  ///
  /// - Parameters:
  ///   - inputs: `[N, …]`.
  ///   - labels: The true classes.
  ///   - team: How many threads must make every mistake together as well; nil for none. Waking them takes
  ///     longer than the answer, so that a part of all inputs is enough.
  /// - Returns: One for each input.
  /// - Throws: What the model throws.
  func confirmedJudgements(
    of inputs: Tensor, labels: [Int], byTeamOf team: Int? = nil
  ) throws -> [Judgement] {
    var found = try judgements(of: inputs)
    for row in found.indices where found[row].prediction != labels[row] {
      let alone = inputs.slice(row..<row + 1)
      var again = try judgements(of: alone)
      if let team {
        again += try TorchLibrary.withTeam(of: team) { try judgements(of: alone) } ?? []
      }
      guard let other = again.first(where: { $0.prediction != found[row].prediction }) else {
        continue
      }
      found[row].failures.insert(.unstablePrediction)
      found[row].prediction = other.prediction
    }
    return found
  }
}
