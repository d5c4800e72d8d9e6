// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import Testing

@Suite("Experiments", .timeLimit(.minutes(15)))
struct ExperimentTests {
  /// Changes of one setting each, all different.
  private static let changes: [@Sendable (inout Experiment) throws -> Void] = [
    { $0.dataset = "shapes" },
    { $0.models = [try ModelSource("mlp")] },
    { $0.models = [try ModelSource("cnn"), try ModelSource("mlp")] },
    { $0.models = [try ModelSource("mlp"), try ModelSource("cnn")] },
    { $0.vocabulary = "words.txt" },
    { $0.vocabulary = "lists/words.txt" },
    { $0.sparsities = [try #require(Sparsity(0.25))] },
    { $0.compressions = [try Recipe("magnitude+gradient")] },
    { $0.trainings = [Specification(named: "standard")] },
    { $0.attacks = [try Specification("quick:a=1")] },
    { $0.norm = .l2 },
    { $0.epsilons = [try #require(Epsilon("0.10"))] },
    { $0.embeddingRadii = [try #require(Epsilon("0.25"))] },
    { $0.embeddingRadii = [try #require(Epsilon("0.25")), try #require(Epsilon("0.5"))] },
    { $0.isolations = [Specification(named: "label")] },
    { $0.examples = 100 },
    { $0.seed = 100 },
    { $0.seeds = 100 },
    { $0.device = .cuda },
  ]

  private func experiments() throws -> [Experiment] {
    [Experiment()]
      + (try Self.changes.map { change in
        var experiment = Experiment()
        try change(&experiment)
        return experiment
      })
  }

  @Test("Every setting changes the description, the name and the record")
  func everySettingCounts() throws {
    let all = try experiments()
    #expect(Set(all).count == all.count)
    #expect(Set(all.map(\.description)).count == all.count)
    #expect(Set(all.map(\.name)).count == all.count)
    let records = try all.map { experiment in
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      return String(decoding: try encoder.encode(experiment), as: UTF8.self)
    }
    #expect(Set(records).count == all.count)
  }

  @Test("A record of an experiment reads back, under the keys of the command line")
  func record() throws {
    for experiment in try experiments() {
      let data = try JSONEncoder().encode(experiment)
      #expect(try JSONDecoder().decode(Experiment.self, from: data) == experiment)
    }
    let object = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(Experiment()))
        as? [String: Any])
    #expect(
      object.keys.sorted() == [
        "attack", "compression", "dataset", "device", "epsilon", "examples", "isolation", "model",
        "norm", "seed", "seeds", "sparsity", "training",
      ])
    #expect(object["compression"] as? [String] == ["magnitude", "gradient"])
    #expect(object["epsilon"] as? [String] == ["0.1"])
    #expect(object["sparsity"] as? [Double] == [0.5])
  }

  @Test("A record with a value that cannot exist is refused")
  func badRecord() throws {
    let good = String(decoding: try JSONEncoder().encode(Experiment()), as: UTF8.self)
    for (old, new) in [
      ("[0.5]", "[1.0]"), ("\"quick\"", "\"quick:\""), ("\"0.1\"", "\"-1\""),
      ("\"linf\"", "\"l7\""),
      ("\"cnn\"", "\"\""),
    ] {
      let bad = good.replacingOccurrences(of: old, with: new)
      #expect(bad != good)
      #expect(throws: (any Error).self) {
        try JSONDecoder().decode(Experiment.self, from: Data(bad.utf8))
      }
    }
  }

  @Test("A name can be a folder anywhere, and stays short")
  func names() throws {
    var experiment = Experiment()
    #expect(experiment.name == "fashion-mnist-cnn")
    experiment.dataset = "/data/my pictures; rm -rf"
    experiment.epsilons = [try #require(Epsilon("8/255"))]
    #expect(experiment.name == "my_pictures__rm_-rf-cnn-epsilon=8_255")
    experiment.sparsities = (1..<100).compactMap { Sparsity(Double($0) / 100) }
    let long = experiment.name
    #expect(long.utf8.count <= 100)
    experiment.sparsities.removeLast()
    #expect(experiment.name != long, "what was cut off must count")
  }

  @Test("A shard has a folder of its own, unless one is stated")
  func folders() {
    var options = RunOptions(workers: 1)
    options.shard = Shard(index: 2, count: 4)
    #expect(options.folder(for: Experiment()) == "reports/fashion-mnist-cnn-shard-2-of-4")
    options.output = "here"
    #expect(options.folder(for: Experiment()) == "here")
  }
}
