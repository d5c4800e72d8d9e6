// SPDX-License-Identifier: GPL-3.0-or-later

import Gate
import Records
import Testing
import YAML

@Suite("Policies that cannot be followed", .timeLimit(.minutes(15)))
struct BadPolicyTests {
  private func refusal(_ text: String) -> (any InputError)? {
    do {
      _ = try PolicyFile.policy(in: Array(text.utf8), path: "p.yaml")
      return nil
    } catch { return error as? any InputError }
  }

  @Test("The template is valid as it stands, and also with its commented rules")
  func template() throws {
    #expect(refusal(PolicyFile.template) == nil)
    let lines = PolicyFile.template.split(separator: "\n", omittingEmptySubsequences: false)
    let everything = lines.map { line -> String in
      guard line.firstMatch(of: /^  # (- id|  [a-z_]+:)/) != nil else { return String(line) }
      return String(line).replacing("  # ", with: "  ", maxReplacements: 1)
    }.joined(separator: "\n")
    let policy = try PolicyFile.policy(in: Array(everything.utf8), path: "p.yaml")
    #expect(policy.rules.count == 7, "\(policy.rules.map(\.id))")
  }

  @Test(
    "One line says what and where",
    arguments: [
      ("", "p.yaml:1", "is not a mapping", "rules:"),
      ("[]", "p.yaml:1", "is not a mapping", "rules:"),
      ("rules", "p.yaml:1", "is not a mapping", "rules:"),
      ("confidence: 0.9", "p.yaml:1", "has no rules", "rules:"),
      ("rule: []", "p.yaml:1", "unknown key 'rule'", "did you mean 'rules'?"),
      ("rules: []", "p.yaml:1: rules", "is not a list with a rule in it", "check"),
      ("rules: {check: flags}", "p.yaml:1: rules", "is not a list with a rule in it", "check"),
      ("rules: flags", "p.yaml:1: rules", "is not a list with a rule in it", "check"),
      ("rules: [flags]", "p.yaml:1", "is not a mapping", "check"),
      ("rules:\n- id: a", "p.yaml:2", "a rule has no check", "robust_accuracy"),
      (
        "rules:\n- check: robust", "p.yaml:2: check", "'robust' is unknown",
        "did you mean 'robust_accuracy'?"
      ),
      ("rules:\n- check: [flags]", "p.yaml:2: check", "is not a text", "one value"),
      ("rules:\n- check: ~", "p.yaml:2: check", "is not a text", "one value"),
      (
        "rules:\n- check: nonsense", "p.yaml:2: check", "'nonsense' is unknown",
        "give robust_accuracy"
      ),
      (
        "rules:\n- check: flags\n  severty: note", "p.yaml:3", "unknown key 'severty'",
        "did you mean 'severity'?"
      ),
      ("rules:\n- check: flags", "p.yaml:2", "the rule has no severity", "severity: warning"),
      (
        "rules:\n- check: flags\n  severity: bad", "p.yaml:3: severity", "'bad' is unknown",
        "note, warning, blocking"
      ),
      (
        "rules:\n- check: flags\n  severity: note\n  at_least: 1", "p.yaml:4: at_least",
        "has no meaning for flags", "severity"
      ),
      (
        "rules:\n- check: robust_accuracy", "p.yaml:2", "the rule has no bound",
        "at_least, max_drop"
      ),
      (
        "rules:\n- check: robust_accuracy\n  at_least: high", "p.yaml:3: at_least",
        "'high' is not a number", "0.5"
      ),
      (
        "rules:\n- check: robust_accuracy\n  at_least: 40", "p.yaml:3: at_least",
        "40 is out of range", "0 to 1"
      ),
      (
        "rules:\n- check: robust_accuracy\n  at_least: nan", "p.yaml:3: at_least",
        "'nan' is not a number", "0.5"
      ),
      (
        "rules:\n- check: robust_accuracy\n  at_least: inf", "p.yaml:3: at_least",
        "'inf' is not a number", "0.5"
      ),
      (
        "rules:\n- check: robust_accuracy\n  at_least: -0.1", "p.yaml:3: at_least",
        "-0.1 is out of range", "0 to 1"
      ),
      (
        "rules:\n- check: robust_accuracy\n  max_drop: 1", "p.yaml:3: max_drop",
        "1 is out of range", "0.02"
      ),
      (
        "rules:\n- check: robust_accuracy\n  max_drop: 2 %", "p.yaml:3: max_drop",
        "'2 %' is not a number", "0.5"
      ),
      (
        "rules:\n- check: robust_accuracy\n  at_least: 0.1\n  max_drop: 0.1", "p.yaml:4: max_drop",
        "stands beside at_least", "two rules"
      ),
      (
        "rules:\n- check: robust_accuracy\n  at_least: 0.1\n  against: parent", "p.yaml:4: against",
        "has no meaning beside at_least", "max_drop"
      ),
      (
        "rules:\n- check: robust_accuracy\n  max_drop: 0.1\n  against: father", "p.yaml:4: against",
        "'father' is unknown", "baseline, parent"
      ),
      (
        "rules:\n- check: robust_accuracy\n  max_drop: 0.1\n  seeds: all", "p.yaml:4: seeds",
        "'all' is unknown", "each, together"
      ),
      (
        "rules:\n- check: robust_accuracy\n  max_drop: 0.1\n  seeds: together\n  classes: each",
        "p.yaml:4: seeds", "'together' goes with the baseline", "leave out"
      ),
      (
        "rules:\n- check: robust_accuracy\n  at_least: 0.1\n  at_most: 0.9", "p.yaml:4: at_most",
        "has no meaning for robust_accuracy", "at_least"
      ),
      (
        "rules:\n- check: robust_accuracy\n  at_least: 0.1\n  classes: []", "p.yaml:4: classes",
        "the list is empty", "name one"
      ),
      (
        "rules:\n- check: robust_accuracy\n  at_least: 0.1\n  classes: [a, a]", "p.yaml:4: classes",
        "names a class twice", "once"
      ),
      (
        "rules:\n- check: robust_accuracy\n  at_least: 0.1\n  confidence: 95",
        "p.yaml:4: confidence", "95 is out of range", "0.95"
      ),
      (
        "confidence: 0.5\nrules:\n- check: macs\n  at_most: 1", "p.yaml:1: confidence",
        "0.5 is out of range", "0.95"
      ),
      (
        "confidence: 1\nrules:\n- check: macs\n  at_most: 1", "p.yaml:1: confidence",
        "1 is out of range", "0.95"
      ),
      (
        "rules:\n- check: macs", "p.yaml:2", "the rule has no bound",
        "at_most, at_least, max_increase"
      ),
      ("rules:\n- check: macs\n  at_most: -1", "p.yaml:3: at_most", "-1 is out of range", "from 0"),
      ("rules:\n- check: macs\n  max_drop: 0.1", "p.yaml:2", "the rule has no bound", "at_most"),
      (
        "rules:\n- check: macs\n  at_most: 1\n  where: {norm: linf}", "p.yaml:4",
        "unknown key 'norm'", "the keys here are variant"
      ),
      ("rules:\n- check: isolation", "p.yaml:2", "the rule has no isolation", "isolation: NAME"),
      (
        "rules:\n- check: macs\n  at_most: 1\n  where: pgd", "p.yaml:4: where", "is not a mapping",
        "training: pgd"
      ),
      (
        "rules:\n- check: macs\n  at_most: 1\n  where: {trainnig: pgd}", "p.yaml:4",
        "unknown key 'trainnig'", "did you mean 'training'?"
      ),
      (
        "rules:\n- check: macs\n  at_most: 1\n  where: {training: {a: b}}", "p.yaml:4: training",
        "is not a text", "one value"
      ),
      (
        "rules:\n- check: macs\n  at_most: 1\n  where: {sparsity: dense}", "p.yaml:4: sparsity",
        "'dense' is not a number", "0.5"
      ),
      (
        "rules:\n- check: macs\n  at_most: 1\n  where: {sparsity: {at_least: 0.9, at_most: 0.1}}",
        "p.yaml:4: sparsity", "at_least is above at_most", "exchange"
      ),
      (
        "rules:\n- check: macs\n  at_most: 1\n  where: {seed: -1}", "p.yaml:4: seed",
        "'-1' is not a seed", "whole number"
      ),
      (
        "rules:\n- check: macs\n  at_most: 1\n  where: {compressed: yes}", "p.yaml:4: compressed",
        "'yes' is not true or false", "one of them"
      ),
      (
        "rules:\n- check: robust_accuracy\n  at_least: 0.1\n  where: {epsilon: big}",
        "p.yaml:4: epsilon", "'big' is not a radius", "8/255"
      ),
      (
        "rules:\n- check: macs\n  at_most: 1\n  id: a b", "p.yaml:4: id", "'a b' is not a name",
        "letters"
      ),
      (
        "rules:\n- {check: macs, at_most: 1, id: a}\n- {check: macs, at_most: 2, id: a}",
        "p.yaml:3", "two rules are called 'a'", "of its own"
      ),
      ("rules: [\n", "p.yaml:2", "", "indentation"),
      ("rules: &a []", "p.yaml:1", "anchors", "write the value out"),
      ("rules: []\nrules: []", "p.yaml:2", "already on line 1", "keep one"),
    ])
  func badPolicy(text: String, subject: String, detail: String, remedy: String) throws {
    let error = try #require(refusal(text))
    #expect(error.subject == subject)
    #expect(error.detail.contains(detail), "\(error.detail)")
    #expect(error.remedy.contains(remedy), "\(error.remedy)")
    #expect(!"\(error.subject)\(error.detail)\(error.remedy)".contains("\n"))
  }

  @Test("A file that is not there, a folder and an endless file")
  func files() {
    for path in ["/nonexistent/p.yaml", "/", ""] {
      let error = #expect(throws: GateError.self) { try PolicyFile.read(path) }
      #expect(error?.code == .unreadable)
    }
    let error = #expect(throws: YAMLError.self) { try PolicyFile.read("/dev/zero") }
    #expect(error?.code == .tooLong)
  }

  @Test("A rule that fits nothing is an error, so that a misspelt name cannot pass")
  func selectsNothing() {
    let report = lettered("r" * 10, "r" * 10)
    for selection in [
      "training: pdg", "sparsity: 0.9", "seed: 2", "epsilon: 0.2", "norm: l2", "suite: x",
      "architecture: [a, b]", "isolation: scores", "variant: x*", "compression: 'magnitude'",
    ] {
      let error = #expect(throws: GateError.self) {
        try judge(
          report, rule: "check: robust_accuracy, at_least: 0, where: {\(selection)}")
      }
      #expect(error?.code == .selectsNothing, "\(selection)")
    }
  }

  @Test(
    "Selections are by text with stars, by number, by list",
    arguments: [
      ("training: stand*", 2), ("training: '*'", 2), ("compression: [none, x]", 1),
      ("compression: magnitude*", 1), ("sparsity: {at_most: 0.4}", 1), ("sparsity: 0.5", 1),
      ("seed: [1, 2]", 2), ("epsilon: 1/10", 2), ("norm: linf", 2), ("compressed: true", 1),
      ("compressed: false", 1), ("variant: cnn/*/seed-1", 2), ("variant: '*dense*'", 1),
      ("knowledge: white-box", 2), ("suite: 'pgd*20'", 2), ("isolation: none", 2),
    ])
  func selections(selection: String, count: Int) throws {
    let result = try judge(
      lettered("r" * 10, "r" * 10),
      rule: "check: robust_accuracy, at_least: 0, where: {\(selection)}")
    #expect(result.rules[0].cases.count == count)
  }
}
