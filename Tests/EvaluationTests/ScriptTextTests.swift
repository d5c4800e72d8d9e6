// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import Foundation
import Journal
import Language
import Models
import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Evaluation

@Suite("A user's own model of texts", .timeLimit(.minutes(15)))
struct ScriptTextTests {
  @Test("A variant that a run left can be given back with its words, and is judged the same")
  func roundTrip() async throws {
    let folder = try TemporaryFolder()
    var experiment = try tinyTextExperiment(folder)
    let first = try await run(experiment, into: folder("first"))
    let dense = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder("first/models"))
        .first { $0.contains("dense") })
    let model = folder("first/models/\(dense)/model.pt")
    experiment.models = [.file(model)]
    experiment.embeddingRadii = nil
    experiment.trainings = [Experiment.given]
    experiment.compressions = [try Recipe("magnitude:epochs=0")]
    let cache = folder("cache")
    let second = try await run(experiment, into: folder("second"), cache: cache)
    #expect(second.evaluations[0].cleanAccuracy == first.evaluations[0].cleanAccuracy)
    #expect(second.evaluations[0].robustAccuracy == first.evaluations[0].robustAccuracy)
    #expect(first.evaluations[0].robustAccuracy.value < first.evaluations[0].cleanAccuracy.value)
    // Predictions, distances and queries, text by text; dense models come first.
    let rows = try ["first", "second"].map { place in
      try text(folder("\(place)/outcomes.csv")).split(whereSeparator: \.isNewline)
        .dropFirst().prefix(150).map { $0.split(separator: ",deepwordbug,").last ?? "" }
    }
    #expect(rows[0].count == 150 && rows[0] == rows[1])

    // Half of the weights are gone, and it still reads words.
    #expect(second.variants[1].sparsity.achieved >= 0.5)
    #expect(second.variants[1].nonzeroParameters < second.variants[0].nonzeroParameters)
    #expect(second.variants[0].macs > 0)

    // Other words are another experiment, found in the same cache.
    let list = folder("other.txt")
    let read = try VocabularyFile.read(
      folder("first/models/\(dense)/vocabulary.json"), tokenizer: .words)
    try (["<pad>", "<unk>"] + read.words.reversed()).joined(separator: "\n")
      .write(toFile: list, atomically: true, encoding: .utf8)
    experiment.vocabulary = list
    let third = try await run(experiment, into: folder("third"), cache: cache)
    #expect(
      third.evaluations[0].cleanAccuracy.value < 0.8 * second.evaluations[0].cleanAccuracy.value)
    await #expect(throws: JournalError.self, "the folder of another experiment") {
      _ = try await run(experiment, into: folder("second"), cache: cache)
    }
    let written = try VocabularyFile.read(
      folder(
        "third/models/\(ModelFolder.name(of: third.variants[0].id))/vocabulary.json"),
      tokenizer: .words)
    #expect(written.words == read.words.reversed())
  }

  @Test("What an attacker learned under other words is not taken from the cache")
  func standIns() async throws {
    let folder = try TemporaryFolder()
    var experiment = try tinyTextExperiment(folder)
    experiment.embeddingRadii = nil
    experiment.sparsities = [Sparsity(0)].compactMap(\.self)
    _ = try await run(experiment, into: folder("native"))
    let dense = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder("native/models")).first)
    let read = try VocabularyFile.read(
      folder("native/models/\(dense)/vocabulary.json"), tokenizer: .words)
    experiment.models = [.file(folder("native/models/\(dense)/model.pt"))]
    experiment.trainings = [Experiment.given]
    experiment.compressions = [try Recipe("magnitude:epochs=0")]
    experiment.isolations = [try Specification("label:epochs=2:queries=60:search=5")]
    experiment.vocabulary = folder("words.txt")
    func found(_ words: [String], _ output: String, cache: String) async throws -> JSONValue {
      try words.joined(separator: "\n")
        .write(toFile: folder("words.txt"), atomically: true, encoding: .utf8)
      _ = try await run(experiment, into: folder(output), cache: folder(cache))
      return try timeless(folder("\(output)/report.json"))
    }
    _ = try await found(read.words, "first", cache: "shared")
    let others = Array(read.words.reversed())
    let shared = try await found(others, "shared-cache", cache: "shared")
    #expect(try await found(others, "own-cache", cache: "own") == shared)
  }

  @Test("A list that changed under its name is another experiment")
  func identity() throws {
    let folder = try TemporaryFolder()
    let digests = try ["good\nbad\n", "bad\ngood\n"].map { content in
      try content.write(toFile: folder("words.txt"), atomically: true, encoding: .utf8)
      var experiment = try Self.experiment(folder)
      experiment.vocabulary = folder("words.txt")
      return try ResolvedExperiment(experiment, dataset: Self.data).settings()["vocabulary"]
    }
    #expect(digests[0] != nil && digests[0] != digests[1])
    #expect(digests[0]?.hasPrefix("4 ids, sha256 ") == true)
  }

  private static let data = AnyDataset.texts(
    TextDataset(
      name: "mine", classes: ["a", "b"],
      train: TextExamples(
        texts: ["good dog", "bad cat", "good cat", "bad dog"].map(Tokenizer.words.text(of:)),
        labels: [0, 1, 0, 1]),
      test: TextExamples(
        texts: ["good people", "bad people"].map(Tokenizer.words.text(of:)), labels: [0, 1]),
      tokenizer: .words, sha256: "0"))

  /// A model of six ids that no list lies beside, and what is asked of it.
  private static func experiment(_ folder: TemporaryFolder) throws -> Experiment {
    let architecture = GraphArchitecture.textAverage(words: 6, length: 2, classes: 2, width: 2)
    let module = architecture.exported(architecture.initialParameters(random: RandomKey(seed: 1)))
    for place in ["one", "two"] {
      try FileManager.default.createDirectory(
        atPath: folder(place), withIntermediateDirectories: true)
      try module.save(to: folder("\(place)/\(place).pt"))
    }
    var experiment = Experiment(dataset: "mine.csv")
    experiment.models = [.file(folder("one/one.pt"))]
    experiment.trainings = [Experiment.given]
    experiment.compressions = [try Recipe("magnitude:epochs=0")]
    experiment.attacks = [try Specification("deepwordbug")]
    experiment.examples = 2
    return experiment
  }

  /// What is done to an experiment that could be run, and the error that it ends with.
  struct Refusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: String
    let subject: String
    let change: @Sendable (inout Experiment, TemporaryFolder) throws -> Void
  }

  private static func write(_ content: String, _ name: String, _ folder: TemporaryFolder) throws {
    try content.write(toFile: folder(name), atomically: true, encoding: .utf8)
  }

  static let refusals: [Refusal] = [
    Refusal(testDescription: "no list", code: "missingVocabulary", subject: "one/one.pt") { _, _ in
    },
    Refusal(testDescription: "a list that is not there", code: "missing", subject: "none.txt") {
      $0.vocabulary = $1("none.txt")
    },
    Refusal(testDescription: "a native model", code: "senselessVocabulary", subject: "words.txt") {
      try write("good\n", "words.txt", $1)
      $0.models = [try ModelSource("text-average")]
      $0.trainings = [Specification(named: "standard")]
      $0.vocabulary = $1("words.txt")
    },
    Refusal(
      testDescription: "a native model beside a file", code: "mixedVocabularies",
      subject: "text-average"
    ) {
      try write("good\n", "one/one.vocabulary.txt", $1)
      $0.models.append(try ModelSource("text-average"))
      $0.trainings.append(Specification(named: "standard"))
    },
    Refusal(testDescription: "two lists", code: "mixedVocabularies", subject: "two/two.pt") {
      try write("good\nbad\n", "one/one.vocabulary.txt", $1)
      try write("bad\ngood\n", "two/two.vocabulary.txt", $1)
      $0.models.append(.file($1("two/two.pt")))
    },
    Refusal(testDescription: "more words than ids", code: "tooManyWords", subject: "one/one.pt") {
      try write("good\nbad\ndog\ncat\npeople\n", "one/vocabulary.json.txt", $1)
      $0.vocabulary = $1("one/vocabulary.json.txt")
    },
    Refusal(testDescription: "a word twice", code: "repeatedWord", subject: "vocabulary.txt:2") {
      try write("good\ngood\n", "one/one.vocabulary.txt", $1)
    },
    Refusal(testDescription: "two words in one", code: "notAWord", subject: "vocabulary.txt:1") {
      try write("good dog\n", "one/one.vocabulary.txt", $1)
    },
    Refusal(testDescription: "an attack on vectors", code: "noWordVectors", subject: "hotflip") {
      try write("good\n", "one/one.vocabulary.txt", $1)
      $0.attacks = [try Specification("hotflip")]
    },
    Refusal(testDescription: "a training of vectors", code: "noWordVectors", subject: "freelb") {
      try write("good\n", "one/one.vocabulary.txt", $1)
      $0.trainings = [Specification(named: "freelb")]
    },
  ]

  @Test("What does not fit together is refused in one line", arguments: refusals)
  func refused(refusal: Refusal) throws {
    let folder = try TemporaryFolder()
    var experiment = try Self.experiment(folder)
    try refusal.change(&experiment, folder)
    do {
      _ = try ResolvedExperiment(experiment, dataset: Self.data)
      Issue.record("was taken")
    } catch let error as any InputError {
      let code =
        (error as? ExperimentError)?.code.rawValue ?? (error as? DatasetError)?.code.rawValue
        ?? (error as? ModelError)?.code.rawValue
      #expect(code == refusal.code, "\(error)")
      #expect(error.subject.contains(refusal.subject), "\(error)")
      let line = [error.subject, error.detail, error.remedy].joined()
      #expect(!line.contains("\n") && !error.remedy.isEmpty)
    }
  }

  @Test("Two files of one list, or one list for both, are taken")
  func taken() throws {
    let folder = try TemporaryFolder()
    var experiment = try Self.experiment(folder)
    experiment.models.append(.file(folder("two/two.pt")))
    try Self.write("good\nbad\n", "one/one.vocabulary.txt", folder)
    try Self.write(
      #"{"tokenizer":"words","words":["good","bad"]}"#, "two/vocabulary.json", folder)
    #expect(
      try ResolvedExperiment(experiment, dataset: Self.data).texts?.encoding.vocabulary.words
        == ["good", "bad"])
    try Self.write("dog\n", "one/one.vocabulary.txt", folder)
    try Self.write("cat\n", "words.txt", folder)
    experiment.vocabulary = folder("words.txt")
    let resolved = try ResolvedExperiment(experiment, dataset: Self.data)
    #expect(resolved.texts?.encoding.vocabulary.words == ["cat"])
    // Both texts are unknown words to it.
    #expect(resolved.test.inputs.elements(of: Int.self) == [1, 1, 1, 1])
  }

  @Test("Images have no words")
  func images() throws {
    var experiment = Experiment()
    experiment.examples = 4
    experiment.vocabulary = "words.txt"
    let data = AnyDataset.images(.shapes(seed: 1, train: 8, test: 8))
    #expect {
      try ResolvedExperiment(experiment, dataset: data)
    } throws: {
      ($0 as? ExperimentError)?.code == .senselessVocabulary
    }
  }
}
