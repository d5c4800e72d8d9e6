// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Testing

@testable import Command

@Suite("Repeating an old report", .timeLimit(.minutes(15)))
struct RepeatTests {
  @Test("Options say how it is run")
  func options() throws {
    guard
      case .again(let request) = try invoke([
        "run", "--from", "old/report.json", "-j", "3", "--output=new", "--json", "--no-cache",
      ])
    else {
      Issue.record("no repetition")
      return
    }
    #expect(request.report == "old/report.json")
    #expect(request.options.workers == 3 && request.options.output == "new")
    #expect(request.options.printsJSON && request.options.cache == nil)
    #expect(try invoke(["--from=old"]) == invoke(["run", "--from", "old"]))
  }

  @Test(
    "What would change the experiment is refused",
    arguments: [
      (["--sparsity=0.9"], "--sparsity"), (["-n", "5"], "--examples"), (["--shard=1/2"], "--shard"),
      (["--config=f"], "--config"), (["--until-decided", "-p", "p"], "--until-decided"),
      (["--seed=2", "-j", "2"], "--seed"),
    ])
  func conflicts(flags: [String], subject: String) {
    #expect(
      errorLine(["run", "--from=old"] + flags)
        == "robust-eval: \(subject): --from repeats an experiment as it was; leave out one of them\n"
    )
  }

  @Test("Rules compare with the old report, unless another one is named")
  func rules() throws {
    func judging(_ flags: [String]) throws -> Judging? {
      guard case .again(let request) = try invoke(["--from=old"] + flags) else { return nil }
      return request.options.judging
    }
    #expect(try judging([]) == nil)
    #expect(try judging(["--max-drop=0.1"]) == Judging(baseline: "old", maxDrop: 0.1))
    #expect(try judging(["-p", "p"]) == Judging(policy: "p", baseline: "old"))
    #expect(try judging(["-p", "p", "-b", "b"]) == Judging(policy: "p", baseline: "b"))
  }

  @Test("An empty name is no report")
  func empty() {
    #expect(errorLine(["--from="])?.contains("--from: '' is not a report") == true)
  }

  private func json(_ experiment: Experiment) throws -> JSONValue {
    try CanonicalJSON.value(JSONValue.self, from: try CanonicalJSON.text(experiment))
  }

  @Test("Every experiment comes back from the JSON that a report holds")
  func comesBack() throws {
    var full = Experiment()
    full.dataset = "a folder/with \"quotes\": #yes"
    full.models = [.file("x/ü.pt")]
    full.vocabulary = "x/ü: words.txt"
    full.trainings = [Experiment.given]
    full.sparsities = [try #require(Sparsity(0.125)), try #require(Sparsity(0.9))]
    full.attacks = [try Specification("pgd:steps=5:loss=dlr"), try Specification("quick")]
    full.compressions = [try Recipe("structured+quantize:bits=8")]
    full.norm = .l2
    full.epsilons = [try #require(Epsilon("8/255"))]
    full.queryBudget = 77
    full.embeddingRadii = [try #require(Epsilon("1/4"))]
    full.examples = 9
    full.seed = 12
    full.seeds = 3
    for experiment in [Experiment(), full] {
      guard case .object(var members) = try json(experiment) else { return }
      members["resolved"] = ["quick": "fgsm"]
      #expect(try PastExperiment.read(.object(members), from: "r") == experiment)
    }
  }

  @Test("What an older program did not know is as if left out")
  func older() throws {
    guard case .object(var members) = try json(Experiment()) else { return }
    members["device"] = nil
    #expect(try PastExperiment.read(.object(members), from: "r") == Experiment())
  }

  @Test(
    "Settings that no run can have are refused in one line",
    arguments: [
      (nil as JSONValue, "does not say how it was made"), (["examples": -5], "examples"),
      (["unheard-of": 1], "unknown key 'unheard-of'"), (["workers": 2], "'workers' is no setting"),
      (["sparsity": [2]], "sparsity"), (["seeds": ["a": 1]], "seeds"), (["norm": "l7"], "norm"),
    ] as [(JSONValue, String)])
  func refused(settings: JSONValue, words: String) {
    do {
      _ = try PastExperiment.read(settings, from: "report.json")
      Issue.record("read")
    } catch {
      let (line, status) = ErrorLine.describe(error)
      #expect(
        status == .badInput && line.contains("report.json") && line.contains(words), "\(line)")
      #expect(line.count { $0 == "\n" } == 1)
    }
  }
}
