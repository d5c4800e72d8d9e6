// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import Records
import RobustCore
import Statistics
import Testing
import Torch

@Suite("Native models of texts", .timeLimit(.minutes(15)))
struct TextModelTests {
  private static let names = TextFixtures.names

  @Test("Every model gives finite logits, for a text without words too", arguments: names)
  func logits(name: String) throws {
    let architecture = TextFixtures.architecture(name)
    let logits = try architecture.network(TextFixtures.parameters(architecture))
      .logits(TextFixtures.ids())
    #expect(logits.shape == [4, 3])
    #expect(logits.isFinite.not.nonZeroCount == 0)
  }

  @Test("Padding behind a text changes nothing", arguments: names)
  func padding(name: String) throws {
    let architecture = TextFixtures.architecture(name)
    let set = TextFixtures.parameters(architecture)
    let network = architecture.network(set)
    let together = try network.logits(TextFixtures.ids())
    for (index, text) in TextFixtures.texts.enumerated() {
      let alone = try network.logits(TextFixtures.ids([text], length: max(1, text.count)))
      #expect(distance(alone, together.slice(index..<index + 1)) <= 1e-5, "float32")
    }
    // What runs leaves columns of padding out; the layers as they are do not.
    let whole = architecture.graph.activations(
      TextFixtures.ids([[5, 6, 3]]), tensors: set.applied)
    #expect(distance(try #require(whole.last), together.slice(1..<2)) <= 1e-5, "float32")
  }

  @Test("The gradient of every parameter agrees with differences", arguments: names)
  func gradients(name: String) throws {
    let architecture = TextFixtures.architecture(name)
    let tensors = TextFixtures.parameters(architecture).applied
      .mapValues { $0.cast(to: .float64) }
    let weights = Tensor((0..<12).map { 1 + 0.37 * Double($0 % 7) }, shape: [4, 3])
    func objective(_ tensors: [String: Tensor]) -> Tensor {
      let logits = architecture.graph.activations(
        TextFixtures.ids(), tensors: tensors, isTraining: true
      ).last
      return ((logits ?? weights) * weights).sum
    }
    let leaves = tensors.mapValues(\.leaf)
    for name in tensors.keys.sorted() {
      let leaf = try #require(leaves[name])
      let gradient = objective(leaves).gradient(withRespectTo: leaf)
      let direction = normal(leaf.shape, "direction/\(name)").cast(to: .float64)
      func moved(_ step: Double) -> Double {
        var changed = tensors
        changed[name] = leaf.detached + direction * step
        return objective(changed).scalar
      }
      let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5
      let exact = (gradient * direction).sum.scalar
      #expect(abs(slope - exact) <= 1e-6 * max(1, abs(exact)), "\(name), float64")
    }
  }

  @Test("The exported module gives the same logits for ids", arguments: names)
  func exported(name: String) throws {
    let architecture = TextFixtures.architecture(name)
    let set = TextFixtures.parameters(architecture)
    let expected = try architecture.network(set).logits(TextFixtures.ids())
    try withTemporaryFile { path in
      try architecture.exported(set).save(to: path)
      let module = try ScriptModule(contentsOf: path)
      #expect(distance(try module.forward(TextFixtures.ids()), expected) <= 1e-5, "float32")
    }
  }

  private static let products: [String: Int] = [
    // 6 · 3.
    "text-average": 18, "text-average of pairs": 18,
    // 7 positions of 8 · 4 · (3 + 4 + 5), and 12 · 3.
    "text-cnn": 2_688 + 36,
    // 7 words of 4 · 5 · (6 + 5), and 5 · 3.
    "text-lstm": 1_540 + 15,
    // Two blocks of 7 words: four matrices of 8 · 8, two of 8 · 32, two products of 7 · 8; and 8 · 3.
    "text-transformer": 12_320 + 24,
  ]

  @Test("The multiply-adds of one text are those of its layers", arguments: products)
  func multiplyAdds(name: String, expected: Int) throws {
    let architecture = TextFixtures.architecture(name)
    let network = architecture.network(TextFixtures.parameters(architecture))
    let ids = TextFixtures.ids([TextFixtures.texts[0]])
    let counted = try MultiplyAdds.counted {
      _ = try withoutGradients { try network.logits(ids) }
    }
    #expect(counted.dense == expected)
  }

  @Test("A model can be run from the vectors of its words", arguments: names)
  func wordVectors(name: String) throws {
    let architecture = TextFixtures.architecture(name)
    let network = try #require(
      architecture.network(TextFixtures.parameters(architecture)) as? any WordNetwork)
    let ids = TextFixtures.ids()
    let embedded = network.embedded(ids)
    #expect(Array(embedded.shape.dropFirst()) == architecture.embeddedShape)
    let logits = try network.logits(ids)
    #expect(distance(try network.logits(embedded: embedded, ids: ids), logits) <= 1e-5, "float32")
    let vectors = network.wordVectors
    #expect(vectors.shape == [TextFixtures.words, architecture.graph.wordWidth])
    #expect(vectors.slice(0..<1).nonZeroCount == 0)
    #expect(
      distance(
        vectors.rows(Tensor([4, 1, 19])),
        embedded.slice(0..<1)
          .reshaped([embedded.size(1), -1]).slice(0..<3)) == 0)

    let leaf = embedded.leaf
    let gradient = try network.logits(embedded: leaf, ids: ids)
      .crossEntropies(labels: Tensor([0, 1, 2, 0])).sum.gradient(withRespectTo: leaf)
    let size = gradient.reshaped([1, -1]).norm(2, along: [1]).scalar
    let step = gradient * (1e-2 / size)
    func loss(_ vectors: Tensor) throws -> Double {
      try network.logits(embedded: vectors, ids: ids)
        .crossEntropies(labels: Tensor([0, 1, 2, 0])).sum.scalar
    }
    let slope = (try loss(embedded + step) - loss(embedded - step)) / 2e-2
    #expect(abs(slope - size) <= 0.02 * size, "float32, three digits")
  }

  @Test("Sparse gradients of the tables are the dense ones, moved vectors or not", arguments: names)
  func sparseGradients(name: String) throws {
    let architecture = TextFixtures.architecture(name)
    let leaves = TextFixtures.parameters(architecture).applied.mapValues(\.leaf)
    let ids = TextFixtures.ids()
    let shift = normal([4] + (architecture.embeddedShape ?? []), "shift")
    for isMoved in [false, true] {
      func gradient(_ network: any TrainableNetwork) throws -> Tensor? {
        let logits =
          isMoved
          ? try network.logits(ids, shiftedBy: shift, parameters: leaves, buffers: [:])
          : try network.logits(ids, parameters: leaves, buffers: [:])
        return logits.crossEntropies(labels: Tensor([0, 1, 2, 0])).sum
          .gradients(withRespectTo: [try #require(leaves["embedding.weight"])])[0]
      }
      let dense = try #require(try gradient(architecture.trainableNetwork()))
      let sparse = try #require(try gradient(architecture.sparselyTrainableNetwork())).rowGradient
      let rows = sparse.rows.elements(of: Int.self)
      #expect(rows == rows.sorted() && Set(rows).count == rows.count)
      let whole = dense * 0
      whole.addToRowsInPlace(sparse.rows, sparse.values)
      #expect(distance(whole, dense) <= 1e-6, "float32")
    }
  }

  @Test("The padding is no parameter, and everything else can be pruned but biases and norms")
  func parameters() throws {
    let cnn = TextFixtures.architecture("text-cnn")
    #expect(
      cnn.prunable
        == ["embedding.weight", "conv3.weight", "conv4.weight", "conv5.weight", "fc.weight"])
    let set = cnn.initialParameters(random: RandomKey(seed: 1))
    #expect(set["embedding.weight"]?.applied.shape == [19, 8])
    let lstm = TextFixtures.architecture("text-lstm")
    #expect(
      lstm.prunable
        == ["embedding.weight", "lstm.weight_ih_l0", "lstm.weight_hh_l0", "fc.weight"])
  }

  @Test("The catalog lays out models of texts with their parameters, and tells them from images")
  func catalog() throws {
    let input = InputDescription(words: 50, length: 9, classes: 4)
    let cnn = try ModelCatalog.architecture(
      Specification("text-cnn:filters=6:width=10"), for: input)
    #expect(cnn.inputShape == [9])
    #expect(cnn.words == 50)
    #expect(cnn == .textCNN(words: 50, length: 9, classes: 4, width: 10, filters: 6))
    let pairs = try ModelCatalog.architecture(
      Specification("text-average:bigrams=30:width=5"), for: input)
    #expect(pairs.words == 50)
    #expect(pairs.graph.embeddings == 79)
    for (name, input) in [("cnn", input), ("text-cnn", InputDescription.grey)] {
      let specification = try Specification(name)
      let error = #expect(throws: ModelError.self) {
        try ModelCatalog.architecture(specification, for: input)
      }
      #expect(error?.code == .wrongKindOfInput)
    }
    #expect(
      try ModelCatalog.trainingDefaults(of: Specification("text-lstm"))["optimizer"]
        == .choice("adam"))
    #expect(try ModelCatalog.trainingDefaults(of: Specification("cnn")).isEmpty)
  }
}

extension GraphArchitecture {
  fileprivate static func == (left: GraphArchitecture, right: GraphArchitecture) -> Bool {
    left.structure == right.structure && left.inputShape == right.inputShape
  }
}

extension Graph {
  /// The rows of its first table.
  fileprivate var embeddings: Int {
    layers.lazy.compactMap {
      if case .embedding(let words, _) = $0.operation { words - 1 } else { nil }
    }.first ?? 0
  }
}
