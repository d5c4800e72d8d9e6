// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import Torch

/// Metered access to a model of texts in this process, for one batch under attack.
public final class ModelTextVictim: TextGradientVictim {
  /// Texts that one pass answers at most.
  public static let tileSize = 64

  /// The number of classes.
  public let classes: Int
  /// What may stand for a word.
  public let rules: TextRules
  /// Queries of every example so far, by row of the batch.
  public private(set) var queries: [Int]
  /// Gradients of every example so far, by row of the batch.
  public private(set) var gradients: [Int]
  /// Whether a query was refused because it would have passed the budget.
  public private(set) var isBudgetSpent = false
  /// Whether the model itself refused to answer more.
  public private(set) var isRefused = false
  private let network: any Network
  private let encoding: TextEncoding
  private let budget: Int?
  /// Answers by row and ids, each a place in `answers`.
  private var known: [[ArraySlice<Int64>: Int]]
  private var answers: [Float] = []

  /// Opens access for a batch.
  ///
  /// - Parameters:
  ///   - network: The model; gradients are taken of a ``WordNetwork`` alone.
  ///   - encoding: How it reads texts.
  ///   - classes: Its number of logits.
  ///   - rules: What may stand for a word.
  ///   - rows: The number of examples of the batch.
  ///   - budget: The most queries for one example.
  public init(
    _ network: any Network, encoding: TextEncoding, classes: Int, rules: TextRules, rows: Int,
    budget: Int? = nil
  ) {
    self.network = network
    self.encoding = encoding
    self.classes = classes
    self.rules = rules
    self.budget = budget
    queries = Array(repeating: 0, count: rows)
    gradients = Array(repeating: 0, count: rows)
    known = Array(repeating: [:], count: rows)
  }

  /// The queries that an example has left; see ``TextLabelVictim``.
  public func remainingQueries(of row: Int) -> Int? { budget.map { max(0, $0 - queries[row]) } }

  /// Predicted classes; see ``TextLabelVictim``.
  public func predictions(of texts: [Text], rows: [Int]) throws -> Tensor {
    try logits(of: texts, rows: rows).indexOfLargest(along: 1)
  }

  /// Logits; see ``TextVictim``.
  public func logits(of texts: [Text], rows: [Int]) throws -> Tensor {
    precondition(texts.count == rows.count, "\(texts.count) texts for \(rows.count) rows")
    let ids = encoding.vocabulary.encode(texts, length: encoding.length)
    func key(_ index: Int) -> ArraySlice<Int64> {
      ids[index * encoding.length..<(index + 1) * encoding.length]
    }
    var places: [Int] = []
    places.reserveCapacity(rows.count)
    var fresh: [Int] = []
    let next = answers.count / classes
    for (index, row) in rows.enumerated() {
      let place = known[row][key(index)] ?? next + fresh.count
      if place == next + fresh.count {
        known[row][key(index)] = place
        fresh.append(index)
      }
      places.append(place)
    }
    let before = queries
    do {
      try charge(fresh.map { rows[$0] })
      do {
        try answer(fresh.map(key))
      } catch let error as AttackError where error.code == .budgetSpent {
        isRefused = true
        throw error
      }
    } catch {
      // What was not answered costs nothing.
      queries = before
      for index in fresh { known[rows[index]][key(index)] = nil }
      throw error
    }
    let found = places.flatMap { answers[$0 * classes..<($0 + 1) * classes] }
    return Tensor(found, shape: [texts.count, classes])
  }

  /// Asks about texts in the order of their lengths, so that those of a tile need little padding.
  private func answer(_ texts: [ArraySlice<Int64>]) throws {
    guard !texts.isEmpty else { return }
    let lengths = texts.map { $0.count { $0 != Vocabulary.padding } }
    let order = texts.indices.sorted {
      lengths[$0] != lengths[$1] ? lengths[$0] < lengths[$1] : $0 < $1
    }
    let inputs = Tensor(
      order.flatMap { texts[$0].map(Int.init) }, shape: [texts.count, encoding.length])
    let logits = try network.tiledLogits(inputs, by: Self.tileSize).elements(of: Float.self)
    var places = order
    for (place, text) in order.enumerated() { places[text] = place }
    for place in places { answers += logits[place * classes..<(place + 1) * classes] }
  }

  /// The vectors of words; see ``TextGradientVictim``.
  public var wordVectors: Tensor { words.wordVectors }

  /// The id of a word; see ``TextGradientVictim``.
  public func id(of word: String) -> Int { Int(encoding.vocabulary.number(of: word)) }

  /// Logits, losses and gradients; see ``TextGradientVictim``.
  public func gradient(
    of loss: Loss, at texts: [Text], labels: Tensor, rows: [Int]
  ) throws -> LossGradient {
    try charge(rows)
    for row in rows { gradients[row] += 1 }
    let ids = encoding.ids(of: texts)
    return try withGradients {
      let leaf = words.embedded(ids).leaf
      let logits = try words.logits(embedded: leaf, ids: ids)
      let losses = loss.values(logits: logits, labels: labels)
      let gradient = losses.sum.gradient(withRespectTo: leaf)
      return LossGradient(
        logits: logits.detached, losses: losses.detached,
        gradient: gradient.slice(0..<encoding.length, along: 1))
    }
  }

  private var words: any WordNetwork {
    guard let network = network as? any WordNetwork else {
      preconditionFailure("an attack by gradients meets models with vectors of words alone")
    }
    return network
  }

  private func charge(_ rows: [Int]) throws {
    var counts = queries
    for row in rows { counts[row] += 1 }
    if let budget, let spent = rows.first(where: { counts[$0] > budget }) {
      isBudgetSpent = true
      throw AttackError(.budgetSpent, "row \(spent) has used its \(budget) queries")
    }
    queries = counts
  }
}
