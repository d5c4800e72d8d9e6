// SPDX-License-Identifier: GPL-3.0-or-later

import Certification
import Language
import Models
import RobustCore
import Statistics
import Testing
import Torch

@Suite("Certificates for replaced words", .timeLimit(.minutes(15)))
struct SubstitutionCertificateTests {
  private static let pool = WorkerPool(workers: 2)
  private static let words = (0..<12).map { "word\($0)" }
  /// Words of one third of the vocabulary stand for one another.
  private static let rules = TextRules(.synonyms) { word in
    let place = words.firstIndex(of: word) ?? 0
    return words.indices.filter { $0 % 4 == place % 4 && $0 != place }.map { words[$0] }
  }

  private static func encoding() throws -> TextEncoding {
    TextEncoding(
      vocabulary: try #require(Vocabulary(tokenizer: .words, words: words)), length: 6)
  }

  private static let texts: [Text] = {
    let stream = RandomKey(seed: 3).stream()
    return (0..<40).map { index in
      let count = index % 6
      return Text(
        words: (0..<count).map { _ in words[Int(stream.uniform(in: 0..<12))] },
        separators: Array(repeating: " ", count: count + 1))
    }
  }()

  private static let models: [GraphArchitecture] = [
    .textAverage(words: 14, length: 6, classes: 3, width: 4),
    .textCNN(words: 14, length: 6, classes: 3, width: 8, filters: 3),
  ]

  private static func classifier(_ architecture: GraphArchitecture) -> Classifier {
    var set = architecture.initialParameters(random: RandomKey(seed: 7))
    for (name, weight) in set.parameters where name.hasSuffix("bias") {
      set[name] = .dense(
        Tensor(shape: weight.applied.shape) {
          RandomKey(seed: 2).split(name).stream().fillNormal($0, mean: 0, sigma: 0.02)
        })
    }
    return Classifier(architecture: architecture, parameters: set)
  }

  /// Every text that at most so many replacements make.
  private static func written(_ text: Text, _ mostWords: Int) -> [Text] {
    text.words.indices.reduce([(text, 0)]) { all, position in
      all
        + all.filter { $0.1 < mostWords }.flatMap { found in
          rules.candidates(for: text.words[position]).map {
            (found.0.replacing(position, with: $0), found.1 + 1)
          }
        }
    }.map(\.0)
  }

  private static func predictions(_ classifier: Classifier, _ texts: [Text]) throws -> [Int] {
    try classifier.network.tiledLogits(encoding().ids(of: texts)).indexOfLargest(along: 1)
      .elements(of: Int.self)
  }

  @Test(
    "What is proved holds for every allowed text, and what is wrong already is never proved",
    arguments: models, [0, 1, 2, 6])
  func isSound(architecture: GraphArchitecture, mostWords: Int) async throws {
    let classifier = Self.classifier(architecture)
    let labels = try Self.predictions(classifier, Self.texts).enumerated().map { index, found in
      index % 5 == 4 ? (found + 1) % 3 : found
    }
    let certificate = SubstitutionCertificate(
      encoding: try Self.encoding(), rules: Self.rules, mostWords: mostWords)
    let proofs = try #require(
      await certificate.proofs(classifier, texts: Self.texts, labels: labels, pool: Self.pool))
    var robust = 0
    for (index, text) in Self.texts.enumerated() {
      let holds = try Self.predictions(classifier, Self.written(text, mostWords))
        .allSatisfy { $0 == labels[index] }
      if holds { robust += 1 }
      #expect(!proofs[index] || holds, "\(text.words)")
    }
    let proved = proofs.count(where: \.self)
    #expect(proved > 0, "an empty certificate would be sound too")
    if mostWords == 0 || architecture.name == "text-average" {
      #expect(proved >= robust - 1, "exact, but for margins within rounding")
    }
  }

  @Test("More words leave no more proofs")
  func isMonotone() async throws {
    for architecture in Self.models {
      let classifier = Self.classifier(architecture)
      let labels = try Self.predictions(classifier, Self.texts)
      var counts: [Int] = []
      for mostWords in 0...4 {
        let certificate = SubstitutionCertificate(
          encoding: try Self.encoding(), rules: Self.rules, mostWords: mostWords)
        let proofs = try await certificate.proofs(
          classifier, texts: Self.texts, labels: labels, pool: Self.pool)
        counts.append(try #require(proofs).count(where: \.self))
      }
      #expect(counts == counts.sorted(by: >))
    }
  }

  @Test("A model of another kind has no certificate")
  func otherModels() async throws {
    let certificate = SubstitutionCertificate(
      encoding: try Self.encoding(), rules: Self.rules, mostWords: 1)
    for architecture in [
      GraphArchitecture.textLSTM(words: 14, length: 6, classes: 3, width: 4, hidden: 3),
      .textAverage(words: 14, length: 6, classes: 3, width: 4, buckets: 9),
    ] {
      let proofs = try await certificate.proofs(
        Self.classifier(architecture), texts: [], labels: [], pool: Self.pool)
      #expect(proofs == nil)
    }
  }
}
