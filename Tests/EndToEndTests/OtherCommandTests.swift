// SPDX-License-Identifier: GPL-3.0-or-later

import TestSupport
import Testing

@Suite("Commands besides a run", .timeLimit(.minutes(15)))
struct OtherCommandTests {
  private let tool: Tool

  init() throws { tool = try Tool() }

  @Test("A plan names every variant and what they cost, and writes nothing")
  func plan() throws {
    let tiny = try TinyRun()
    let ended = try tiny.run(into: "run", ["--plan", "--sparsity=0.5,0.9"])
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(ended.errors == "")
    for variant in ["dense", "magnitude:epochs=1@0.5", "magnitude:epochs=1@0.9"] {
      #expect(ended.output.contains("  mlp/standard:batch=64:epochs=3/\(variant)/seed-1\n"))
    }
    #expect(ended.output.contains("3 evaluations of 300 examples, each: uniform:attempts=2, pgd"))
    #expect(ended.output.contains("attack: up to about"))
    #expect(ended.output.contains(" s on 2 workers"))
    #expect(!tiny.exists("run") && !tiny.exists("cache"))
  }

  @Test("A program that the shell finds by its name finds its own parts")
  func byName() throws {
    let tiny = try TinyRun()
    let ended = try tiny.tool.runByName(TinyRun.flags(["--plan"]))
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(ended.output.contains("2 variants"))
    let isolated = try tiny.tool.runByName(
      TinyRun.flags([
        "--isolation=label:queries=60:search=10", "--examples=20", "--output=run", "--no-cache",
      ]))
    #expect(isolated.status == 0, "\(isolated.errors)")
    #expect(isolated.output.contains("label:queries=60"))
  }

  @Test(
    "Every section of the list names its members",
    arguments: [
      ("attacks", ["fgsm", "pgd", "apgd-ce", "uniform", "gaussian", "quick"]),
      ("compressions", ["magnitude", "gradient", "random"]),
      ("trainings", ["standard", "fgsm", "pgd", "trades"]),
      ("models", ["mlp", "cnn", "lenet5", "resnet8"]),
      ("datasets", ["fashion-mnist", "shapes", "wordnet-glosses"]), ("isolations", ["none"]),
    ])
  func list(section: String, names: [String]) throws {
    let ended = try tool.run(["list", section])
    #expect(ended.status == 0)
    #expect(ended.errors == "")
    let words = Set(ended.output.split { $0.isWhitespace }.map(String.init))
    #expect(Set(names).subtracting(words) == [], "\(ended.output)")
  }

  @Test("The doctor finds this machine fit, or names what is not")
  func doctor() throws {
    let ended = try tool.run(["doctor"])
    for check in ["cores", "libtorch", "gsl", "self-test", "gnuplot", "shapes"] {
      #expect(
        ended.output.split(separator: "\n").contains { $0.hasPrefix("ok") && $0.contains(check) },
        "\(check): \(ended.output)")
    }
    #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
    #expect(ended.errors == "")
  }

  @Test("Help and version answer on standard output", arguments: ["--help", "--version"])
  func help(flag: String) throws {
    let ended = try tool.run([flag])
    #expect(ended.status == 0)
    #expect(ended.output.contains("robust-eval"))
    #expect(ended.errors == "")
  }
}
