// SPDX-License-Identifier: GPL-3.0-or-later

internal import Glibc
import Records
public import RobustCore
public import Statistics

/// Iterative magnitude pruning in which the weights go back to their early values after every round.
///
/// Each round trains to the end, masks the smallest weights and rewinds the others; the last ticket is
/// trained to the end once more.
///
/// > Source: Frankle and Carbin. "The Lottery Ticket Hypothesis." ICLR 2019,
/// > [arXiv:1803.03635](https://arxiv.org/abs/1803.03635), section 1; rewinding to an early step,
/// > Frankle et al. "Linear Mode Connectivity and the Lottery Ticket Hypothesis." ICML 2020,
/// > [arXiv:1912.05671](https://arxiv.org/abs/1912.05671), section 4.
///
/// - Note: A model file has no initialisation: its own weights stand for it.
public struct LotteryTicket: Compression {
  /// Which weights compete with one another.
  public var scope: MaskScope
  /// The length of each training in passes over the training data; nil takes that of the dense model.
  public var epochs: Double?
  /// The share of the training to whose end weights go back; zero is the initialisation.
  public var rewind: Double
  /// The share of what is left that a round takes away, where their number is not given.
  public var rate: Double
  /// How many rounds, each keeping the same share; nil for as many as the rate needs.
  public var rounds: Int?

  /// Creates the method.
  public init(
    scope: MaskScope = .global, epochs: Double? = nil, rewind: Double = 0.1, rate: Double = 0.2,
    rounds: Int? = nil
  ) {
    self.scope = scope
    self.epochs = epochs
    self.rewind = rewind
    self.rate = rate
    self.rounds = rounds
  }

  /// The way to the early weights once, and the rest of it once a round and once for the ticket.
  public func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double {
    let rounds = Double(stops(from: 0, to: sparsity).count + 1)
    return (epochs ?? dense) * (rewind + rounds * (1 - rewind))
  }

  /// Searches for the ticket and trains it; see ``Compression``.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    guard sparsity > classifier.sparsity else { return classifier }
    let names = classifier.architecture.prunable
    var early = classifier.replacing(
      parameters: tuning.initial(classifier.architecture).masked(like: classifier))
    early.parameters = try await trained(early, tuning, 0...rewind)
    var ticket = early
    for stop in stops(from: classifier.sparsity, to: sparsity) {
      let share = classifier.ownShare(reaching: stop)
      let pruned = try await trained(ticket, tuning, rewind...1)
        .pruned(names, to: share, scores: [:], scope: scope)
      ticket.parameters = early.parameters.masked(like: classifier.replacing(parameters: pruned))
    }
    return ticket.replacing(parameters: try await trained(ticket, tuning, rewind...1))
  }

  private func trained(
    _ classifier: Classifier, _ tuning: any Tuning, _ span: ClosedRange<Double>
  ) async throws -> ParameterSet {
    guard epochs != 0, span.lowerBound < span.upperBound else { return classifier.parameters }
    return try await tuning.tuned(
      classifier, TuningSchedule(epochs: epochs, span: span, rate: .full))
  }

  /// The sparsity after each round.
  func stops(from start: Double, to end: Double) -> [Double] {
    let needed = Int((log((1 - end) / (1 - start)) / log(1 - rate)).rounded(.up))
    return Pruning.Schedule.iterative.sparsities(
      from: start, to: end, rounds: max(1, rounds ?? needed))
  }
}

extension CompressionMember {
  /// By iterative magnitude pruning with rewinding.
  static let lottery = CompressionMember(
    "lottery", "smallest weights go round by round, the others back to their early values",
    citation: "Frankle et al., ICML 2020, arXiv:1912.05671", stage: .weights,
    parameters: [
      .scope(.global), .ownEpochs,
      ParameterSchema(
        "rewind", .real(0...0.9), default: .real(0.1),
        summary: "share of the training to whose end weights go back"),
      ParameterSchema(
        "rate", .real(0.01...0.99), default: .real(0.2),
        summary: "share of what is left that a round takes away"),
      ParameterSchema(
        "rounds", .integer(1...1_000), default: nil,
        summary: "number of rounds; as many as the rate needs if not stated"),
    ]
  ) { values in
    LotteryTicket(
      scope: values.choice("scope"), epochs: values.optionalReal("epochs"),
      rewind: values.real("rewind"), rate: values.real("rate"),
      rounds: values.optionalInteger("rounds"))
  }
}
