// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Isolation
import Models
import Records
import RobustCore
import Statistics
import Synchronization
import Testing
import Torch

/// Learns nothing, and remembers what it was given.
private final class NoTraining: SurrogateTraining {
  private let given = Mutex<[(inputs: Int, hasLogits: Bool, epochs: Double)]>([])

  var calls: [(inputs: Int, hasLogits: Bool, epochs: Double)] { given.withLock { $0 } }

  func trained(
    _ architecture: any Architecture, from start: ParameterSet, on answers: VictimAnswers,
    epochs: Double
  ) async throws -> ParameterSet {
    given.withLock { $0.append((answers.examples.count, answers.logits != nil, epochs)) }
    return start
  }
}

/// Counts the inputs that it answers.
private final class CountingVictim: Network {
  let inner: any Network
  private let count = Mutex(0)

  init(_ inner: any Network) { self.inner = inner }

  var queries: Int { count.withLock { $0 } }

  func logits(_ input: Tensor) throws -> Tensor {
    count.withLock { $0 += input.size(0) }
    return try inner.logits(input)
  }
}

@Suite("Learning what is hidden", .timeLimit(.minutes(15)))
struct LearnerTests {
  private func learner(
    _ view: Rung.View, _ victim: any Network, _ training: any SurrogateTraining,
    climbs: Bool = true, inputs kind: Rung.Inputs = .generated, workers: Int = 2
  ) throws -> SurrogateLearner {
    let (architecture, parameters) = smallModel()
    return SurrogateLearner(
      architecture: architecture, parameters: parameters,
      exposure: view.exposure(of: architecture, parameters), victim: victim,
      answersScores: view != .label,
      extraction: Rung.Extraction(queries: 101, inputs: kind, epochs: 3),
      inputs: ImageQueries(
        pool: nil, shape: [1, 12, 12], range: 0...1,
        threat: ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0.1"))),
        climb: climbs ? ProjectedGradient(steps: 2, stopsAtSuccess: false) : nil),
      training: training, pool: WorkerPool(workers: workers), random: RandomKey(seed: 3))
  }

  private var victim: any Network {
    let (architecture, parameters) = smallModel()
    return architecture.network(parameters)
  }

  @Test(
    "A view of everything is the white box, and costs no query",
    arguments: [
      Rung.View.front(3), .back(3), .middle(1...3), .largest(hidden: 0),
    ])
  func everything(view: Rung.View) async throws {
    let counting = CountingVictim(victim)
    let training = NoTraining()
    let learned = try await learner(view, counting, training).learned()
    let images = inputs(8)
    let found = try learned.network.logits(images).elements(of: Float.self)
    #expect(try found == victim.logits(images).elements(of: Float.self))
    #expect(counting.queries == 0)
    #expect(training.calls.isEmpty)
  }

  @Test("The budget is spent to the last query and no further", arguments: [true, false])
  func budget(climbs: Bool) async throws {
    let counting = CountingVictim(victim)
    let training = NoTraining()
    _ = try await learner(.front(1), counting, training, climbs: climbs).learned()
    #expect(counting.queries == 101)
    #expect(training.calls.map(\.inputs) == (climbs ? [51, 101] : [101]))
    #expect(training.calls.allSatisfy { $0.hasLogits })
  }

  @Test("Who is answered classes learns by classes")
  func labels() async throws {
    let training = NoTraining()
    _ = try await learner(.label, victim, training).learned()
    #expect(!training.calls.isEmpty)
    #expect(training.calls.allSatisfy { !$0.hasLogits })
  }

  @Test("Exposed parameters are the victim's, and hidden ones are not")
  func exposed() async throws {
    let (_, parameters) = smallModel()
    let learned = try await learner(.front(1), victim, NoTraining()).learned().parameters
    func values(_ set: ParameterSet, _ name: String) -> [Float]? {
      set[name]?.applied.elements(of: Float.self)
    }
    #expect(values(learned, "fc1.weight") == values(parameters, "fc1.weight"))
    #expect(values(learned, "fc2.weight") != values(parameters, "fc2.weight"))
    let partly = try await learner(.largest(hidden: 0.25), victim, NoTraining()).learned()
    let (_, again) = smallModel()
    let mask = try #require(
      Rung.View.largest(hidden: 0.25).exposure(of: smallModel().0, again).hidden["fc2.weight"])
    let same = zip(
      try #require(values(partly.parameters, "fc2.weight")),
      try #require(values(parameters, "fc2.weight"))
    ).map { $0 == $1 }
    #expect(same == mask.elements(of: Bool.self).map { !$0 })
  }

  @Test("Nothing depends on the number of workers")
  func workers() async throws {
    let one = try await learner(.scores, victim, NoTraining(), workers: 1).learned()
    let many = try await learner(.scores, victim, NoTraining(), workers: 3).learned()
    let images = inputs(4)
    #expect(
      try one.network.logits(images).elements(of: Float.self)
        == many.network.logits(images).elements(of: Float.self))
  }

  @Test("Inputs stay in their range, whatever they are made of", arguments: Rung.Inputs.allCases)
  func drawn(kind: Rung.Inputs) throws {
    let pool = Examples(
      inputs: inputs(20), labels: Tensor(Array(repeating: 0, count: 20)), classes: 3,
      inputRange: 0...1)
    let source = ImageQueries(
      pool: pool, shape: [1, 12, 12], range: 0...1,
      threat: ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0.3"))), climb: nil)
    let found = source.drawn(kind, 50, random: RandomKey(seed: 2)).values
    let again = source.drawn(kind, 50, random: RandomKey(seed: 2)).values
    let values = found.elements(of: Float.self)
    #expect(found.shape == [50, 1, 12, 12])
    #expect(values == again.elements(of: Float.self))
    #expect(values.allSatisfy { (0...1).contains($0) })
    #expect(Set(values).count > 100, "not all alike")
  }
}

@Suite("Attacking exposed features", .timeLimit(.minutes(15)))
struct FeatureAttackTests {
  @Test("Inputs stay in the ball, and where all layers are exposed some examples break")
  func front() throws {
    let (architecture, parameters) = smallModel()
    let network = architecture.network(parameters)
    let images = inputs(24)
    let labels = try network.logits(images).indexOfLargest(along: 1)
    let examples = Examples(inputs: images, labels: labels, classes: 3, inputRange: 0...1)
    let threat = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0.2")))
    let attack = try FeatureAttack(
      climb: ProjectedGradient(steps: 20, stopsAtSuccess: false), restarts: 3
    ).prepared(
      with: AttackMaterials(
        model: network, surrogate: architecture.front(3, parameters), examples: examples),
      within: threat, random: RandomKey(seed: 1))
    let batch = examples.batch(Array(0..<24))
    let victim = ModelVictim(network, classes: 3, inputRange: 0...1, rows: 24)
    let found = try attack.perturb(
      batch, within: threat, against: victim, random: RandomKey(seed: 2))
    let distances = (found - images).absolute.flattenedExamples.largest(along: [1])
    #expect(distances.elements(of: Float.self).allSatisfy { $0 <= 0.2 + 1e-6 })
    let after = try network.logits(found).indexOfLargest(along: 1)
    let broken = (after .== labels).elements(of: Bool.self).count { !$0 }
    #expect(broken > 12, "the front is the whole model here")
    #expect(victim.queries.allSatisfy { (1...3).contains($0) })
  }
}
