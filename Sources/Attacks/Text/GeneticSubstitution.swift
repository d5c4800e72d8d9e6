// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import Records
public import RobustCore
public import Statistics

/// A population of texts that are crossed and mutated, the fittest of which live on.
///
/// Fitness is one minus the label's probability. A child takes each word from one of two parents, drawn
/// by their fitness; words above epsilon go back to the original's, and then one word is drawn anew.
///
/// - Note: Alzantot et al. mutate by the best of a word's candidates, which costs a query for each; here
///   a candidate is drawn, so that a generation costs one query for each member.
///
/// > Source: Alzantot et al. "Generating Natural Language Adversarial Examples." EMNLP 2018,
/// > [arXiv:1804.07998](https://arxiv.org/abs/1804.07998), algorithms 1 and 2.
public struct GeneticSubstitution: TextAttack {
  /// Texts of one generation.
  public var population: Int
  /// Generations, the first one included.
  public var generations: Int

  /// Creates the attack.
  public init(population: Int = 20, generations: Int = 20) {
    self.population = population
    self.generations = generations
  }

  /// Searches for adversarial texts.
  ///
  /// - Complexity: At most `population × generations` queries.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any TextVictim, random: RandomKey
  ) throws -> [Text] {
    var search = TextSearch(batch, within: threat, against: victim)
    guard search.mostWords > 0 else { return search.texts }
    let candidates = search.originals.map(victim.rules.candidates)
    let streams = batch.indices.map { random.split(example: $0).stream() }
    var members: [Int: [Text]] = [:]
    for row in search.active where candidates[row].contains(where: { !$0.isEmpty }) {
      members[row] = (0..<population).map { _ in
        search.originals[row].substituted(by: candidates[row], mostWords: 1, streams[row])
      }
    }
    for generation in 0..<generations {
      let rows = search.active.filter { members[$0] != nil }
      guard !rows.isEmpty else { break }
      let questions = rows.flatMap { row in
        (members[row] ?? []).map { TextSearch.Question(row: row, text: $0) }
      }
      let answers = try search.attempt(questions)
      for (place, row) in rows.enumerated() {
        let fitness = answers[place * population..<(place + 1) * population].map {
          1 - ($0?.probability ?? 1)
        }
        let parents = Generation(
          original: search.originals[row], members: members[row] ?? [], fitness: fitness)
        search.settle(parents.fittest, at: row)
        guard search.isActive(row), generation + 1 < generations else { continue }
        members[row] = parents.children(
          by: candidates[row], mostWords: search.mostWords, streams[row])
      }
    }
    return search.texts
  }

  /// The texts of one example with their fitness.
  private struct Generation {
    let original: Text
    let members: [Text]
    let fitness: [Float]

    /// The fittest, the first one of equals.
    var fittest: Text {
      let best = fitness.indices.max {
        fitness[$0] < fitness[$1] || (fitness[$0] == fitness[$1] && $0 > $1)
      }
      return best.map { members[$0] } ?? original
    }

    func children(
      by candidates: [[String]], mostWords: Int, _ random: RandomStream
    ) -> [Text] {
      let free = candidates.indices.filter { !candidates[$0].isEmpty }
      return [fittest]
        + (1..<members.count).map { _ in
          var child = crossed(parent(random), parent(random), random)
          let mutated = free[random.integer(below: free.count)]
          let words = candidates[mutated]
          child = child.replacing(mutated, with: words[random.integer(below: words.count)])
          return limited(child, mostWords, keeping: mutated, random)
        }
    }

    /// A member drawn by its share of all fitness.
    private func parent(_ random: RandomStream) -> Text {
      var rest = Float(random.uniform()) * fitness.reduce(0, +)
      for (member, fitness) in zip(members, fitness) {
        rest -= fitness
        if rest < 0 { return member }
      }
      return members.last ?? original
    }

    private func crossed(_ one: Text, _ other: Text, _ random: RandomStream) -> Text {
      (one.changes(to: other) ?? []).reduce(one) { child, position in
        random.bernoulli(0.5) ? child.replacing(position, with: other.words[position]) : child
      }
    }

    /// The child with words above the limit turned back, the one drawn last excepted.
    private func limited(
      _ child: Text, _ mostWords: Int, keeping mutated: Int, _ random: RandomStream
    ) -> Text {
      let changed = (original.changes(to: child) ?? []).filter { $0 != mutated }
      guard changed.count >= mostWords else { return child }
      let excess = random.choose(changed.count - mostWords + 1, of: changed.count)
      return excess.reduce(child) {
        $0.replacing(changed[$1], with: original.words[changed[$1]])
      }
    }
  }
}

extension AttackMember {
  /// A population of texts.
  static let genetic = AttackMember(
    CatalogEntry(
      name: "genetic", summary: "synonyms by a genetic search over whole texts",
      citation: "Alzantot et al., EMNLP 2018, arXiv:1804.07998", knowledge: .scores,
      parameters: [
        ParameterSchema(
          "population", .integer(2...10_000), default: .integer(20),
          summary: "texts of one generation"),
        ParameterSchema(
          "generations", .integer(1...10_000), default: .integer(20), summary: "generations"),
      ]),
    constraints: .synonyms
  ) {
    .text(
      GeneticSubstitution(
        population: $0.integer("population"), generations: $0.integer("generations")))
  }
}
