// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import Records
public import RobustCore
public import Statistics

/// Every text that the threat allows, fewer changes first; it stops at the first that misleads.
///
/// Where it tries a text, what it answers is the truth: no attack within the same rules can do more. Texts
/// with more than `limit` combinations are left out, and said to be.
public struct ExhaustiveSubstitution: TextAttack {
  /// The most texts that one example takes.
  public var limit: Int
  private static let batchSize = 2048

  /// Creates the attack.
  public init(limit: Int = 100_000) { self.limit = limit }

  /// Whether more than `limit` texts are allowed.
  public func leavesOut(
    _ text: Text, within threat: ThreatModel, under rules: TextRules
  ) -> Bool {
    Self.combinations(
      rules.candidates(for: text).map(\.count), mostWords: Int(threat.epsilon.value),
      limit: limit) == nil
  }

  /// Searches for adversarial texts.
  ///
  /// - Complexity: At most `limit` queries.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any TextVictim, random: RandomKey
  ) throws -> [Text] {
    var search = TextSearch(batch, within: threat, against: victim)
    for row in search.active {
      let text = search.originals[row]
      guard !leavesOut(text, within: threat, under: victim.rules) else { continue }
      var all = Combinations(text, victim.rules.candidates(for: text), search.mostWords)
      while search.isActive(row), let next = all.next(Self.batchSize) {
        _ = try search.attempt(next.map { TextSearch.Question(row: row, text: $0) })
      }
    }
    return search.texts
  }

  /// The number of texts with at least one and at most some words changed; nil above a limit.
  ///
  /// They are the elementary symmetric polynomials of the counts of candidates.
  static func combinations(_ counts: [Int], mostWords: Int, limit: Int) -> Int? {
    let mostWords = min(max(0, mostWords), counts.count)
    var sums = [1] + Array(repeating: 0, count: mostWords)
    for count in counts {
      for size in stride(from: mostWords, to: 0, by: -1) {
        let (product, overflows) = sums[size - 1].multipliedReportingOverflow(by: count)
        guard !overflows, product <= limit, sums[size] + product <= limit else { return nil }
        sums[size] += product
      }
    }
    let all = sums.dropFirst().reduce(0, +)
    return all <= limit ? all : nil
  }
}

/// The texts that differ from one in some words, in a fixed order: by the number of changed words, then by
/// their positions, then by the candidates.
private struct Combinations {
  private let text: Text
  private let candidates: [[String]]
  private let free: [Int]
  private let mostWords: Int
  /// Places in `free`, rising, and which candidate stands at each.
  private var places: [Int] = []
  private var choices: [Int] = []
  private var isAtEnd = false

  init(_ text: Text, _ candidates: [[String]], _ mostWords: Int) {
    self.text = text
    self.candidates = candidates
    free = candidates.indices.filter { !candidates[$0].isEmpty }
    self.mostWords = min(mostWords, free.count)
  }

  /// Some more texts; nil where there are none left.
  mutating func next(_ count: Int) -> [Text]? {
    var found: [Text] = []
    while found.count < count, !isAtEnd, advance() {
      found.append(
        zip(places, choices).reduce(text) { text, change in
          let position = free[change.0]
          return text.replacing(position, with: candidates[position][change.1])
        })
    }
    return found.isEmpty ? nil : found
  }

  private mutating func advance() -> Bool {
    for index in choices.indices.reversed() {
      choices[index] += 1
      if choices[index] < candidates[free[places[index]]].count { return true }
      choices[index] = 0
    }
    return advancePlaces()
  }

  private mutating func advancePlaces() -> Bool {
    let size = places.count
    for index in places.indices.reversed() where places[index] < free.count - size + index {
      let first = places[index] + 1
      for offset in index..<size { places[offset] = first + offset - index }
      return true
    }
    guard size < mostWords else {
      isAtEnd = true
      return false
    }
    places = Array(0...size)
    choices = Array(repeating: 0, count: size + 1)
    return true
  }
}

extension AttackMember {
  /// Everything that is allowed.
  static let exhaustive = AttackMember(
    CatalogEntry(
      name: "exhaustive",
      summary: "every combination of synonyms, where there are few enough; the true worst case",
      knowledge: .scores,
      parameters: [
        ParameterSchema(
          "limit", .integer(1...10_000_000), default: .integer(100_000),
          summary: "most combinations of one text; those with more are left out")
      ]),
    constraints: .synonyms
  ) { .text(ExhaustiveSubstitution(limit: $0.integer("limit"))) }
}
