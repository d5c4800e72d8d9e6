// SPDX-License-Identifier: GPL-3.0-or-later

import Language
import Models
import Records
import RobustCore
import Statistics
import Testing
import Torch

@testable import Training

@Suite("Training on texts", .timeLimit(.minutes(15)))
struct TextTrainingTests {
  /// Texts whose class is that of the only telling word, among words that say nothing.
  private static let examples: Examples = {
    let stream = RandomKey(seed: 5).stream()
    var ids: [Int] = []
    var labels: [Int] = []
    for index in 0..<200 {
      let label = index % 2
      var text = (0..<5).map { _ in 6 + Int(stream.uniform(in: 0..<8)) }
      text[Int(stream.uniform(in: 0..<5))] = 2 + label
      ids += text.prefix(1 + Int(stream.uniform(in: 4..<5))) + [0, 0]
      labels.append(label)
    }
    return Examples(
      inputs: Tensor(ids, shape: [200, 7]), labels: Tensor(labels), classes: 2, inputRange: 0...13)
  }()

  private static let models: [GraphArchitecture] = [
    .textAverage(words: 14, length: 7, classes: 2, width: 8, buckets: 32),
    .textCNN(words: 14, length: 7, classes: 2, width: 8, filters: 6),
    .textLSTM(words: 14, length: 7, classes: 2, width: 8, hidden: 8),
    .textTransformer(words: 14, length: 7, classes: 2, width: 8, heads: 2, blocks: 1),
  ]

  private static func trained(
    _ architecture: GraphArchitecture, _ objective: any Objective, workers: Int = 2,
    epochs: Double = 20
  ) async throws -> ParameterSet {
    let trainer = Trainer(
      architecture: architecture, examples: examples, objective: objective,
      recipe: TrainingRecipe(
        epochs: epochs, batchSize: 50, optimizer: .adam, learningRate: 0.04, weightDecay: 0),
      pool: WorkerPool(workers: workers), random: RandomKey(seed: 1))
    return try await trainer.train(
      from: architecture.initialParameters(random: RandomKey(seed: 2)))
  }

  private static func accuracy(
    _ architecture: GraphArchitecture, _ parameters: ParameterSet
  ) throws -> Double {
    let found = try architecture.network(parameters).logits(examples.inputs)
      .indexOfLargest(along: 1)
    return (found .== examples.labels).cast(to: .float32).mean.scalar
  }

  @Test(
    "Every model learns the telling word, also while its vectors are attacked", arguments: models)
  func learns(architecture: GraphArchitecture) async throws {
    for objective: any Objective in [
      StandardObjective(), StandardObjective(wordDropout: 0.1),
      FreeLargeBatchObjective(steps: 2, stepSize: 0.02, radius: 0.05),
    ] {
      let parameters = try await Self.trained(architecture, objective)
      #expect(try Self.accuracy(architecture, parameters) > 0.95, "\(objective)")
    }
  }

  @Test("The number of workers changes no bit of a model of texts")
  func workers() async throws {
    let model = Self.models[1]
    let one = try await Self.trained(model, StandardObjective(), workers: 1, epochs: 1)
    let three = try await Self.trained(model, StandardObjective(), workers: 3, epochs: 1)
    #expect(one.safetensors.encoded() == three.safetensors.encoded())
  }

  @Test("Words that never occur keep their first vectors")
  func unseenWords() async throws {
    let model = Self.models[1]
    let parameters = try await Self.trained(model, StandardObjective(), epochs: 1)
    let before = model.initialParameters(random: RandomKey(seed: 2))
    func row(_ set: ParameterSet, _ id: Int) throws -> [Float] {
      try #require(set["embedding.weight"]).applied.rows([id - 1]).elements(of: Float.self)
    }
    #expect(try row(parameters, 4) == row(before, 4))
    #expect(try row(parameters, 2) != row(before, 2))
  }

  @Test("Hidden words become unknown ones, padding stays, and the share is kept")
  func wordDropout() {
    let batch = Self.examples.batch(Array(0..<200))
    let hidden = batch.hidingWords(0.3, RandomKey(seed: 3))
    let isPadding = batch.inputs .== 0
    #expect((hidden .== 0).cast(to: .int64).sum.scalar == isPadding.cast(to: .int64).sum.scalar)
    let changed = (hidden .== batch.inputs).not
    #expect((changed.and((hidden .== 1).not)).nonZeroCount == 0)
    let share = Double(changed.nonZeroCount) / Double((batch.inputs .!= 0).nonZeroCount)
    #expect(abs(share - 0.3) < 0.07, "a thousand words, five deviations")
    let again = Self.examples.batch([7]).hidingWords(0.3, RandomKey(seed: 3))
    #expect(again.elements(of: Int.self) == hidden.rows([7]).elements(of: Int.self))
  }

  /// For logits that are linear in the vectors the climb goes straight along the gradient.
  @Test("The climb of FreeLB stays in its ball and raises the loss")
  func climb() throws {
    let architecture = Self.models[1]
    let set = architecture.initialParameters(random: RandomKey(seed: 2))
    let network = architecture.trainableNetwork()
    let batch = Self.examples.batch(Array(0..<8))
    var shifts: [Tensor] = []
    let model = TileModel(
      logits: { try network.logits($0, parameters: set.applied, buffers: [:]) }, evaluation: nil,
      classes: 2, inputRange: 0...13,
      shiftedLogits: { ids, shift in
        shifts.append(shift.detached)
        return try network.logits(
          ids, shiftedBy: shift, parameters: set.applied, buffers: [:])
      }, embeddedShape: architecture.embeddedShape)
    let objective = FreeLargeBatchObjective(steps: 4, stepSize: 0.3, radius: 0.5)
    let loss = try objective.loss(batch, model: model, random: RandomKey(seed: 1)).scalar
    #expect(shifts.count == 4)
    for shift in shifts {
      let longest = shift.norm(2, along: [1, 2]).largest(along: [0]).scalar
      #expect(longest <= 0.5 * (1 + 1e-5), "float32")
    }
    func value(_ shift: Tensor) throws -> Double {
      try network.logits(
        batch.inputs.withoutPadding, shiftedBy: shift, parameters: set.applied, buffers: [:]
      ).crossEntropies(labels: batch.labels).sum.scalar
    }
    let values = try shifts.map(value)
    #expect(abs(loss - values.reduce(0, +) / 4) <= 1e-4)
    #expect(values[3] > values[0])
  }

  @Test("Replaced words come from the rules, position by position, and the number of words stays")
  func substitution() throws {
    let words = ["red", "crimson", "blue", "azure", "thing"]
    let vocabulary = try #require(Vocabulary(tokenizer: .words, words: words))
    let rules = TextRules(.synonyms) { ["red": ["crimson"], "blue": ["azure"]][$0] ?? [] }
    let encoding = TextEncoding(vocabulary: vocabulary, length: 4)
    let texts = [
      Text(words: ["red", "thing"], separators: ["", " ", ""]),
      Text(words: ["blue", "thing", "red"], separators: ["", " ", " ", ""]),
    ]
    let batch = Batch(
      inputs: encoding.ids(of: texts), labels: Tensor([0, 1]), indices: [0, 1], texts: texts)
    var seen: [Int] = []
    let model = TileModel(
      logits: { ids in
        seen = ids.elements(of: Int.self)
        return Tensor(repeating: 0, shape: [ids.size(0), 2])
      }, evaluation: nil, classes: 2, inputRange: 0...6)
    let objective = SubstitutionObjective(
      TextMaterials(encoding: encoding, rules: rules, attack: NoAttack()), share: 1)
    let loss = try objective.loss(batch, model: model, random: RandomKey(seed: 1)).scalar
    // red 2, crimson 3, blue 4, azure 5, thing 6.
    #expect(seen == [3, 6, 0, 0, 5, 6, 3, 0])
    #expect(abs(loss - 2 * 0.6931471806) <= 1e-6, "two times log 2")
  }

  @Test(
    "A text that is read rightly counts half as it is and half as attacked, a misread one as it is",
    arguments: [0.0, 1])
  func adversarialTexts(share: Double) throws {
    let encoding = TextEncoding(
      vocabulary: try #require(Vocabulary(tokenizer: .words, words: ["red", "crimson", "blue"])),
      length: 2)
    let architecture = GraphArchitecture.textAverage(words: 5, length: 2, classes: 2, width: 3)
    let parameters = architecture.initialParameters(random: RandomKey(seed: 4))
    let network = architecture.network(parameters)
    let texts = [["red", "blue"], ["blue", "red"]].map {
      Text(words: $0, separators: ["", " ", ""])
    }
    let ids = encoding.ids(of: texts)
    // The same words have the same mean, so one of two labels is read rightly.
    let right = try network.logits(ids).indexOfLargest(along: 1).elements(of: Int.self)
    let labels = [right[0], 1 - right[1]]
    let model = TileModel(
      logits: { try network.logits($0) }, evaluation: network, classes: 2, inputRange: 0...4)
    let objective = AdversarialTextObjective(
      TextMaterials(
        encoding: encoding, rules: TextRules(.synonyms) { $0 == "red" ? ["crimson"] : [] },
        attack: ReddestAttack()),
      threat: ThreatModel(norm: .l0, epsilon: try #require(Epsilon("1"))), share: share)
    let batch = Batch(inputs: ids, labels: Tensor(labels), indices: [0, 1], texts: texts)
    let loss = try objective.loss(batch, model: model, random: RandomKey(seed: 1)).scalar
    func entropies(_ texts: [Text]) throws -> [Float] {
      try network.logits(encoding.ids(of: texts)).crossEntropies(labels: Tensor(labels))
        .elements(of: Float.self)
    }
    let clean = try entropies(texts)
    let attacked = try entropies(texts.map(ReddestAttack.changed))
    #expect(clean != attacked)
    let first = share == 0 ? clean[0] : (clean[0] + attacked[0]) / 2
    #expect(abs(loss - Double(first + clean[1])) <= 1e-5)
  }

  /// Writes crimson for red.
  private struct ReddestAttack: TextAttack {
    static func changed(_ text: Text) -> Text {
      text.words.firstIndex(of: "red").map { text.replacing($0, with: "crimson") } ?? text
    }

    func perturb(
      _ batch: Batch, within threat: ThreatModel, against victim: any TextVictim,
      random: RandomKey
    ) -> [Text] { (batch.texts ?? []).map(Self.changed) }
  }

  private struct NoAttack: TextAttack {
    func perturb(
      _ batch: Batch, within threat: ThreatModel, against victim: any TextVictim,
      random: RandomKey
    ) -> [Text] { batch.texts ?? [] }
  }
}
