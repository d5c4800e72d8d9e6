// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Testing

@testable import Command

@Suite("Suites of the user's own", .timeLimit(.minutes(15)))
struct SuiteFileTests {
  private static let suite = """
    name: mine
    summary: two attacks, and another one in l2
    attacks: [fgsm, "pgd:steps=7"]
    l2: [pgd]
    """

  @Test(
    "A file among the attacks stands for its list",
    arguments: [
      (["--attack", "mine.yaml"], ["fgsm", "pgd:steps=7"]),
      (["--attack", "uniform,mine.yaml"], ["uniform", "fgsm", "pgd:steps=7"]),
      (["--attack", "mine.yaml", "--norm", "l2"], ["pgd"]),
      (["--attack", "list.yml"], ["square"]),
    ])
  func expands(arguments: [String], attacks: [String]) throws {
    let (experiment, _) = try resolve(
      arguments, files: ["mine.yaml": Self.suite, "list.yml": "- square\n"])
    #expect(experiment.attacks.map(\.description) == attacks)
  }

  @Test(
    "A file that is no suite",
    arguments: [
      ("", "s.yaml:1: it is one word, expected a list"),
      ("fgsm", "s.yaml:1: it is one word, expected a list"),
      ("[]", "s.yaml:1: it names no attack"),
      ("attacks: fgsm", "s.yaml:1: a list of attacks is expected here"),
      ("attacks: [[fgsm]]", "s.yaml:1: a text is expected here"),
      ("attacks: [fgsm]\nlinv: [pgd]", "s.yaml:2: unknown key 'linv'"),
    ])
  func refuses(text: String, start: String) {
    let line = errorLine(["--attack", "s.yaml"], files: ["s.yaml": text])
    #expect(
      line == "robust-eval: \(start); write a list such as [fgsm, pgd:steps=20], or the keys name,"
        + " summary, attacks, l1\n")
  }

  @Test("A malformed attack and a missing file are named")
  func names() {
    #expect(
      errorLine(["--attack", "s.yaml"], files: ["s.yaml": "[pgd:steps]"])?.contains("'pgd:steps'")
        == true)
    #expect(errorLine(["--attack", "/nonexistent.yaml"])?.contains("/nonexistent.yaml") == true)
  }

  @Test("A budget is a number, or none", arguments: [("none", nil), ("1", 1), ("5000", 5000)])
  func budget(text: String, value: Int?) throws {
    #expect(try resolve(["--query-budget", text]).0.queryBudget == value)
  }

  @Test("What is no budget", arguments: ["0", "-1", "many", "1.5", "99999999999"])
  func noBudget(text: String) {
    #expect(
      errorLine(["--query-budget", text])?.hasPrefix("robust-eval: --query-budget: ") == true)
  }
}
