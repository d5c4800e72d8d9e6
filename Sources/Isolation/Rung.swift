// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// One rung of the knowledge ladder: what is kept from the attacker, and what the attacker may spend.
public struct Rung: Sendable, Hashable {
  /// What the attacker holds.
  public enum View: Sendable, Hashable {
    /// The whole model.
    case everything
    /// The dense model that a compressed one was made from.
    case parent
    /// The first layers with weights.
    case front(Int)
    /// The last layers with weights.
    case back(Int)
    /// Neighbouring layers with weights, counted from one.
    case middle(ClosedRange<Int>)
    /// All but the share of the weights that has the largest magnitude.
    case largest(hidden: Double)
    /// One member of a model that is sharded into several, counted from one.
    case member(Int, of: Int)
    /// Nothing: an isolated process answers logits.
    case scores
    /// Nothing: an isolated process answers the class.
    case label
  }

  /// Where the inputs come from that the attacker learns by.
  public enum Inputs: String, Sendable, CaseIterable {
    /// A part of the training data.
    case train
    /// Made up, without any data: smooth random fields.
    case generated
    /// Half a part of the training data, half mixed and perturbed from it.
    case both
  }

  /// How the attacker learns what is hidden by asking the victim.
  public struct Extraction: Sendable, Hashable {
    /// Queries to the victim, before any example is attacked.
    public var queries: Int
    /// Where their inputs come from.
    public var inputs: Inputs
    /// Passes over the answers.
    public var epochs: Double

    /// Creates a budget.
    public init(queries: Int, inputs: Inputs, epochs: Double) {
      self.queries = queries
      self.inputs = inputs
      self.epochs = epochs
    }
  }

  /// What the attacker holds.
  public let view: View
  /// How the attacker learns the rest; nil where nothing is learned.
  public let extraction: Extraction?
  /// The most queries that one search without gradients may spend on an example.
  public let searchQueries: Int
  /// What the process tells that holds the model; nil where the model answers in this process.
  public let policy: AnswerPolicy?

  /// Creates a rung.
  public init(
    _ view: View, extraction: Extraction? = nil, searchQueries: Int = 0,
    policy: AnswerPolicy? = nil
  ) {
    self.view = view
    self.extraction = extraction
    self.searchQueries = searchQueries
    self.policy = policy
  }

  /// The place on the ladder.
  public var knowledge: Knowledge {
    switch view {
    case .everything: .whiteBox
    case .parent, .front, .back, .middle, .largest, .member: .partial
    case .scores: .scores
    case .label: .label
    }
  }

  /// Whether the victim answers logits to one who learns from it, or its class alone.
  ///
  /// Who holds a part of a model is told what the whole computes from it; behind a process, the
  /// interface decides.
  public var answersScores: Bool { view != .label }
}
