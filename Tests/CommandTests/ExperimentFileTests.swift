// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import TestSupport
import Testing

@testable import Command

@Suite("Settings from flags and files", .timeLimit(.minutes(15)))
struct ExperimentFileTests {
  private static let full = """
    dataset: shapes
    model: [mlp, cnn]
    vocabulary: lists/words.txt
    training: pgd
    sparsity: [0, 0.5, 0.9]
    compression:
      - structured+quantize:bits=8
      - random
    attack: "pgd:steps=20, fgsm"
    norm: l2
    epsilon: [8/255, 0.5]
    query-budget: 5000
    embedding-radius: [1/10, 0.5]
    isolation: [none, label]
    examples: 64
    seed: 7
    seeds: 3
    device: cuda
    workers: 2
    shard: 2/4
    until-decided: false
    policy: policy.yaml
    baseline: reports/base
    baseline-optional: true
    max-drop: 0.02
    output: reports/mine
    save-adversarials: true
    no-cache: true
    plan: true
    quiet: true
    json: true

    """

  @Test("Without a word the experiment is the documented one")
  func defaults() throws {
    let (experiment, options) = try resolve([])
    #expect(experiment.dataset == "fashion-mnist")
    #expect(experiment.models.map(\.description) == ["cnn"])
    #expect(experiment.sparsities.map(\.value) == [0.5])
    #expect(experiment.compressions.map(\.description) == ["magnitude", "gradient"])
    #expect(experiment.trainings.map(\.description) == ["standard", "fgsm"])
    #expect(experiment.attacks.map(\.description) == ["quick"])
    #expect(experiment.norm == .linf)
    #expect(experiment.epsilons.map(\.text) == ["0.1"])
    #expect(experiment.isolations.map(\.description) == ["none"])
    #expect(experiment.examples == 1000)
    #expect(experiment.seed == 1 && experiment.seeds == 1)
    #expect(experiment.device == .cpu)
    var plain = RunOptions(workers: 4)
    plain.takesFewerExamples = true
    #expect(options == plain)
    #expect(try !resolve(["--examples=1000"]).1.takesFewerExamples, "who asks gets an error")
    #expect(options.folder(for: experiment) == "reports/fashion-mnist-cnn")
  }

  @Test(
    "A folder of tables is run as texts are, and one of pictures as before",
    arguments: [("train.csv", Norm.l0), ("test.jsonl", .l0), ("train", .linf), ("mine.csv", .linf)])
  func tables(file: String, norm: Norm) throws {
    let folder = try TemporaryFolder()
    try Data().write(to: URL(fileURLWithPath: folder(file)))
    let experiment = try resolve(["--dataset", folder.path]).0
    #expect(experiment.norm == norm)
    guard norm == .l0 else { return }
    var stated = Experiment(dataset: "mine.csv")
    stated.dataset = folder.path
    #expect(experiment == stated)
    let last = folder.path.split(separator: "/").last.map(String.init) ?? ""
    #expect(experiment.name == "\(last)-text-cnn", "what fits texts is no difference")
    #expect(
      try resolve(["--dataset", folder.path, "--model", "text-lstm", "-n", "5"]).0.examples == 5)
  }

  @Test("Every option can stand in a file")
  func allKeys() throws {
    let (experiment, options) = try resolve(["--config", "f"], files: ["f": Self.full])
    #expect(
      experiment.description == """
        dataset: shapes
        model: [mlp, cnn]
        vocabulary: lists/words.txt
        sparsity: [0, 0.5, 0.9]
        compression: [structured+quantize:bits=8, random]
        training: [pgd]
        attack: [pgd:steps=20, fgsm]
        norm: l2
        epsilon: [8/255, 0.5]
        query-budget: 5000
        embedding-radius: [1/10, 0.5]
        isolation: [none, label]
        examples: 64
        seed: 7
        seeds: 3
        device: cuda

        """)
    #expect(options.workers == 2)
    #expect(options.shard == Shard(index: 2, count: 4))
    #expect(
      options.judging
        == Judging(
          policy: "policy.yaml", baseline: "reports/base", baselineIsOptional: true, maxDrop: 0.02))
    #expect(!options.stopsWhenDecided)
    #expect(options.output == "reports/mine")
    #expect(options.plansOnly && options.isQuiet && options.printsJSON)
    #expect(options.cache == nil && options.savesAdversarials)
    let keys = Self.full.split(separator: "\n").compactMap { line in
      line.hasPrefix(" ") ? nil : line.split(separator: ":").first.map(String.init)
    }
    #expect(Set(keys) == Set(RunOption.allCases.map(\.name)), "an option has no line here")
  }

  @Test("A file may name the policy, and a flag let it stop the run")
  func policies() throws {
    let text = "policy: policy.yaml\nbaseline: reports/base\nuntil-decided: false\n"
    func options(_ flags: [String]) throws -> RunOptions {
      try resolve(flags + ["--config", "f"], files: ["f": text]).1
    }
    let stated = Judging(policy: "policy.yaml", baseline: "reports/base")
    #expect(try options([]).judging == stated)
    #expect(try !options([]).stopsWhenDecided)
    #expect(try options(["--until-decided"]).judging == stated)
    #expect(try options(["--until-decided"]).stopsWhenDecided)
    #expect(try options(["-p", "q"]).judging?.policy == "q")
    #expect(try options(["--max-drop=0.02"]).judging?.maxDrop == 0.02)
  }

  @Test(
    "A flag wins over the file, wherever it stands",
    arguments: [
      ("--dataset=wordnet", "dataset: wordnet"), ("--model=lenet5", "model: [lenet5]"),
      ("--training=trades", "training: [trades]"), ("--sparsity=0.25", "sparsity: [0.25]"),
      ("--compression=magnitude", "compression: [magnitude]"), ("--attack=fgsm", "attack: [fgsm]"),
      ("--norm=linf", "norm: linf"), ("--epsilon=1", "epsilon: [1]"),
      ("--isolation=scores", "isolation: [scores]"), ("--examples=5", "examples: 5"),
      ("--seed=0", "seed: 0"), ("--seeds=1", "seeds: 1"), ("--device=cpu", "device: cpu"),
    ])
  func flagsWin(flag: String, line: String) throws {
    let files = ["f": Self.full]
    let unchanged = try resolve(["--config=f"], files: files).0
      .description.split(separator: "\n").map(String.init)
    #expect(!unchanged.contains(line))
    for arguments in [[flag, "--config=f"], ["--config=f", flag]] {
      let lines = try resolve(arguments, files: files).0
        .description.split(separator: "\n").map(String.init)
      #expect(lines.contains(line))
      #expect(zip(lines, unchanged).filter { $0 != $1 }.count == 1, "more than one line changed")
    }
  }

  @Test("A flag wins over what the file says about the running, too")
  func optionFlagsWin() throws {
    let (_, options) = try resolve(
      [
        "-cf", "--workers=8", "--shard=1/2", "-o", "here", "--no-cache=false", "--plan=false",
        "--quiet=false", "--json=false", "--save-adversarials=false", "--policy=mine.yaml",
        "--baseline-optional=false", "--max-drop=0.1",
      ], files: ["f": Self.full])
    var expected = RunOptions(workers: 8)
    expected.shard = Shard(index: 1, count: 2)
    expected.output = "here"
    expected.judging = Judging(policy: "mine.yaml", baseline: "reports/base", maxDrop: 0.1)
    #expect(options == expected)
  }

  @Test("A value in the file that a flag replaces need not be right")
  func replacedValueIsNotRead() throws {
    let (experiment, _) = try resolve(
      ["--config=f", "--norm=l1"], files: ["f": "norm: wrong\n"])
    #expect(experiment.norm == .l1)
  }

  @Test("A file that says nothing changes nothing", arguments: ["", "# empty\n", "---\n", "{}\n"])
  func emptyFile(text: String) throws {
    #expect(try resolve(["--config=f"], files: ["f": text]).0 == Experiment())
  }

  @Test(
    "The description of an experiment is a file that gives it back",
    arguments: [
      [], ["--sparsity=0,0.1,0.999999"], ["--dataset=a b/ü: \"c\"\\,#\u{1}"], ["--dataset=null"],
      ["--dataset=-x"], ["--dataset=[a]"], ["--dataset=a:"], ["--dataset=~"], ["--dataset=a #b"],
      ["--model=./my model, v2.pt"], ["--model=a.pt,b/c", "--training=pgd:epochs=4,given"],
      ["--attack=pgd:steps=20:step-size=2/255,apgd-ce", "--epsilon=8/255,1e-3", "--norm=l0"],
      ["--seed=9223372036854775806", "--device=cuda", "--examples=1"],
      ["--compression=structured:sparsity=0.5+quantize:bits=8"],
    ])
  func describesItself(arguments: [String]) throws {
    let (experiment, _) = try resolve(arguments)
    let (again, _) = try resolve(["--config=f"], files: ["f": experiment.description])
    #expect(again == experiment)
    #expect(again.description == experiment.description)
  }

  @Test("A model file comes trained, unless a training is stated")
  func modelFiles() throws {
    #expect(try resolve(["--model=mine.pt"]).0.trainings.map(\.description) == ["given"])
    #expect(
      try resolve(["--model=mine.pt", "-tpgd"]).0.trainings.map(\.description) == ["pgd"])
    let mixed = try resolve(["--model=cnn,mine.pt", "--training=standard,given"]).0
    #expect(mixed.trainings(of: mixed.models[0]).map(\.description) == ["standard"])
    #expect(mixed.trainings(of: mixed.models[1]).map(\.description) == ["standard", "given"])
  }

  @Test("`run` may be left out")
  func runIsOptional() throws {
    #expect(try invoke(["run", "--seed", "3"]) == (try invoke(["--seed", "3"])))
  }

  @Test("Of two single values the last counts")
  func lastCounts() throws {
    #expect(try resolve(["--seed=1", "--seed=2"]).0.seed == 2)
  }

  @Test("Other commands are read with their arguments")
  func otherCommands() throws {
    #expect(
      try invoke(["merge", "out", "a", "-q", "b"])
        == .merge(MergeRequest(shards: ["a", "b"], output: "out", isQuiet: true)))
    #expect(
      try invoke(["merge", "out", "a", "-p", "p", "--json"])
        == .merge(
          MergeRequest(
            shards: ["a"], output: "out", judging: Judging(policy: "p"), printsJSON: true)))
    #expect(try invoke(["list"]) == .list(nil))
    #expect(try invoke(["list", "attacks"]) == .list(.attacks))
    #expect(try invoke(["doctor"]) == .doctor)
    #expect(try invoke(["--version"]) == .version)
    #expect(try invoke(["-V", "--bogus"]) == .version)
  }
}
