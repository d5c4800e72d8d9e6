// SPDX-License-Identifier: GPL-3.0-or-later

/// What an isolated model tells, how often and how fast; kept on the side that holds the model.
public struct AnswerPolicy: Codable, Sendable, Hashable {
  /// What one query is answered with.
  public enum Answers: Codable, Sendable, Hashable {
    /// Logits where `decimals` is nil, else probabilities rounded to so many decimals.
    case scores(decimals: Int?)
    /// The predicted class alone.
    case label
  }

  /// What one query is answered with.
  public var answers: Answers
  /// The inputs that are answered in the worker's life; nil for no limit.
  ///
  /// It counts for all channels together, so it is no substitute for the budget of one example.
  public var queryBudget: Int?
  /// The inputs that are answered in a second, on average since the first; nil for no limit.
  public var queriesPerSecond: Double?

  /// Makes a policy.
  ///
  /// - Precondition: Decimals from 0 to 7, which is what single precision holds; a rate above zero.
  public init(
    answers: Answers, queryBudget: Int? = nil, queriesPerSecond: Double? = nil
  ) {
    if case .scores(let decimals?) = answers {
      precondition((0...7).contains(decimals), "probabilities of \(decimals) decimals")
    }
    precondition(queriesPerSecond.map { $0 > 0 } ?? true, "a rate above zero")
    self.answers = answers
    self.queryBudget = queryBudget
    self.queriesPerSecond = queriesPerSecond
  }
}
