// SPDX-License-Identifier: GPL-3.0-or-later

public import RobustCore
public import Statistics
import Torch

/// Learns a stand-in for a victim: exposed parameters are held, hidden ones are learned by queries.
///
/// The first half of the budget is asked about inputs that were drawn. A first stand-in is learned of
/// the answers and attacked, and the other half is asked about the adversarial inputs, which lie where
/// the victim's boundaries have to be known.
///
/// > Source: Papernot et al. "Practical Black-Box Attacks against Machine Learning." ASIA CCS 2017,
/// > [arXiv:1602.02697](https://arxiv.org/abs/1602.02697), section 4; for exposed parts, Zhang et al. "No
/// > Privacy Left Outside." IEEE S&P 2024, [arXiv:2310.07152](https://arxiv.org/abs/2310.07152),
/// > section III.
///
/// - Note: Papernot et al. move inputs by one signed step of the stand-in; here the whole attack is run.
public struct SurrogateLearner: Sendable {
  /// The victim's layers, which the attacker knows.
  public let architecture: GraphArchitecture
  /// The victim's parameters; of these the exposed ones are read alone.
  public let parameters: ParameterSet
  /// What is hidden.
  public let exposure: Exposure
  /// Answers queries.
  public let victim: any Network
  /// Whether it answers logits, or the class alone.
  public let answersScores: Bool
  /// The budget.
  public let extraction: Rung.Extraction
  /// Where inputs come from.
  public let inputs: any QuerySource
  /// Trains.
  public let training: any SurrogateTraining
  /// The cores.
  public let pool: WorkerPool
  /// For inputs, first parameters and the attack.
  public let random: RandomKey

  /// Joins what learning needs.
  public init(
    architecture: GraphArchitecture, parameters: ParameterSet, exposure: Exposure,
    victim: any Network, answersScores: Bool, extraction: Rung.Extraction,
    inputs: any QuerySource, training: any SurrogateTraining, pool: WorkerPool, random: RandomKey
  ) {
    self.architecture = architecture
    self.parameters = parameters
    self.exposure = exposure
    self.victim = victim
    self.answersScores = answersScores
    self.extraction = extraction
    self.inputs = inputs
    self.training = training
    self.pool = pool
    self.random = random
  }

  /// Learns.
  ///
  /// - Returns: The stand-in, whole and dense; where nothing is hidden, the victim itself.
  /// - Throws: What the victim, the attack or training throws.
  /// - Complexity: As many queries as the budget has, and one pass over half of the answers besides
  ///   those that the budget states.
  public func learned() async throws -> Classifier {
    let partial = PartlyKnownArchitecture(architecture, parameters, exposure)
    let start = partial.initialParameters(random: random.split("hidden"))
    guard !exposure.isComplete else {
      return Classifier(architecture: architecture, parameters: partial.completed(start))
    }
    let explored = inputs.explores ? extraction.queries / 2 : 0
    let drawn = inputs.drawn(
      extraction.inputs, extraction.queries - explored, random: random.split("inputs"))
    var answers = try asked(drawn)
    var learned = start
    if explored > 0 {
      learned = try await training.trained(
        partial, from: start, on: answers, epochs: extraction.epochs / 2)
      let network = straightThrough(partial, learned)
      let moved = try await moved(answers, count: explored, on: network)
      answers = answers.joined(try asked(moved))
    }
    learned = try await training.trained(
      partial, from: learned, on: answers, epochs: extraction.epochs)
    return Classifier(architecture: architecture, parameters: partial.completed(learned))
  }

  private func asked(_ inputs: QueryInputs) throws -> VictimAnswers {
    try VictimAnswers(
      of: victim, to: inputs, classes: architecture.classes, inputRange: self.inputs.range,
      answersScores: answersScores)
  }

  private func straightThrough(
    _ architecture: PartlyKnownArchitecture, _ parameters: ParameterSet
  ) -> any Network {
    architecture.isDifferentiable
      ? architecture.network(parameters) : architecture.straightThrough(parameters)
  }

  /// Inputs that the stand-in gets wrong, near the first ones that were asked about.
  private func moved(
    _ answers: VictimAnswers, count: Int, on network: any Network
  ) async throws -> QueryInputs {
    let tile = ModelVictim.tileSize
    let (examples, inputs) = (answers.examples, inputs)
    let key = random.split("explore")
    let found = try await pool.map((count + tile - 1) / tile) { index in
      let range = index * tile..<min((index + 1) * tile, count)
      // More than there are begin again, each with randomness of its own.
      let batch = examples.batch(range.map { $0 % examples.count })
      let own = Batch(
        inputs: batch.inputs, labels: batch.labels, indices: Array(range), texts: batch.texts)
      return try inputs.moved(own, on: network, classes: examples.classes, random: key)
    }
    return .joined(found)
  }
}
