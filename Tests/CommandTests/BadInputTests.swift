// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Command

@Suite("Lines for bad input", .timeLimit(.minutes(15)))
struct BadInputTests {
  private static let share = "is not a share of parameters to remove; give 0 <= s < 1, as in 0.5"
  private static let radius = "is not a radius; give a number or a fraction, as in 8/255"
  private static let shard = "is not a shard; give I/N with I from 1 to N, as in 2/4"
  private static let count = "is not a whole number at least 1; give one"

  @Test(
    "A value out of range",
    arguments: [
      ("--sparsity=1", "--sparsity: '1' \(share)"),
      ("--sparsity=-0.1", "--sparsity: '-0.1' \(share)"),
      ("--sparsity=abc", "--sparsity: 'abc' \(share)"),
      ("--sparsity=", "--sparsity: '' \(share)"),
      ("--sparsity=nan", "--sparsity: 'nan' \(share)"),
      ("--sparsity=inf", "--sparsity: 'inf' \(share)"),
      ("--sparsity=50%", "--sparsity: '50%' \(share)"),
      ("--sparsity=0,5 ", "--sparsity: '5 ' \(share)"),
      ("--sparsity=0.5,", "--sparsity: '' \(share)"),
      ("--sparsity=1e0", "--sparsity: '1e0' \(share)"),
      ("-s1", "--sparsity: '1' \(share)"),
      ("--sparsity=0.5,0.50", "--sparsity: '0.50' is listed twice; keep one of them"),
      ("--sparsity=0,-0", "--sparsity: '-0' is listed twice; keep one of them"),
      ("--epsilon=8/0", "--epsilon: '8/0' \(radius)"),
      ("--epsilon=-1/255", "--epsilon: '-1/255' \(radius)"),
      ("--epsilon=8/255/2", "--epsilon: '8/255/2' \(radius)"),
      ("--epsilon=", "--epsilon: '' \(radius)"),
      ("--epsilon=nan", "--epsilon: 'nan' \(radius)"),
      (
        "--embedding-radius=1e40",
        "--embedding-radius: '1e40' is not a radius up to 1000; give a number or a fraction, as in 0.25"
      ),
      ("--norm=l3", "--norm: 'l3' is not a norm; give linf, l2, l1, l0"),
      ("--norm=L2", "--norm: 'L2' is not a norm; give linf, l2, l1, l0"),
      ("--device=gpu", "--device: 'gpu' is not a device; give cpu, cuda"),
      ("--examples=0", "--examples: '0' \(count)"),
      ("--examples=-5", "--examples: '-5' \(count)"),
      ("--examples=1e3", "--examples: '1e3' \(count)"),
      ("--examples=1.5", "--examples: '1.5' \(count)"),
      ("--examples=9223372036854775808", "--examples: '9223372036854775808' \(count)"),
      (
        "--workers=0",
        "--workers: '0' is not a whole number from 1 to 1024; give one"
      ),
      ("--seeds=0", "--seeds: '0' is not a whole number from 1 to 10000; give one"),
      (
        "--seed=-1",
        "--seed: '-1' is not a whole number from 0 to 9223372036854775806; give one"
      ),
      ("--shard=3/2", "--shard: '3/2' \(shard)"), ("--shard=0/2", "--shard: '0/2' \(shard)"),
      ("--shard=1", "--shard: '1' \(shard)"), ("--shard=1/0", "--shard: '1/0' \(shard)"),
      ("--shard=1/2/3", "--shard: '1/2/3' \(shard)"), ("--shard=a/b", "--shard: 'a/b' \(shard)"),
      ("--json=yes", "--json: 'yes' is not true or false; give one of them"),
      ("--output=", "--output: '' is not a name or a path; give one, as in reports/first"),
      ("--dataset=", "--dataset: '' is not a name or a path; give one, as in fashion-mnist"),
      (
        "--model=",
        "--model: '': the name is missing; write name:key=value, as in pgd:steps=20"
      ),
      (
        "--attack=pgd:steps",
        "--attack: 'pgd:steps': 'steps' is not key=value; write name:key=value, as in pgd:steps=20"
      ),
      (
        "--attack=pgd:steps=1:steps=2",
        "--attack: 'pgd:steps=1:steps=2': 'steps' is stated twice; keep one of them"
      ),
      (
        "--attack=pgd:steps=2,pgd:steps=2",
        "--attack: 'pgd:steps=2' is listed twice; keep one of them"
      ),
      (
        "--attack=pgd:a=1:b=2,pgd:b=2:a=1",
        "--attack: 'pgd:b=2:a=1' is listed twice; keep one of them"
      ),
      (
        "--attack=pgd;rm",
        "--attack: 'pgd;rm': 'pgd;rm' is not a name; write name:key=value, as in pgd:steps=20"
      ),
      (
        "--compression=magnitude+",
        "--compression: '': the name is missing; write name:key=value, as in pgd:steps=20"
      ),
      (
        "--training=given",
        "--training: 'given' is for model files; name a training, as in standard"
      ),
    ])
  func badValue(argument: String, line: String) {
    #expect(errorLine([argument]) == "robust-eval: \(line)\n")
  }

  @Test(
    "A command line that cannot be followed",
    arguments: [
      (["bogus"], "bogus: unknown command; `robust-eval --help` names them all"),
      (["rnu"], "rnu: unknown command; did you mean 'run'?"),
      (["lst"], "lst: unknown command; did you mean 'list'?"),
      ([""], "'': unknown command; `robust-eval --help` names them all"),
      (["0.5"], "0.5: unknown command; `robust-eval --help` names them all"),
      (["--sparsty", "0.5"], "--sparsty: unknown option; did you mean --sparsity?"),
      (["--frobnicate"], "--frobnicate: unknown option; `robust-eval --help` names them all"),
      (["-x"], "-x: unknown option; `robust-eval --help` names them all"),
      (
        ["--s", "1"],
        "--s: fits several options; write one of --sparsity, --seed, --seeds, --shard, "
          + "--save-adversarials"
      ),
      (["--sparsity"], "--sparsity: has no value; write --sparsity LIST"),
      (
        ["--until-decided"],
        "--until-decided: there are no rules to decide; name them by --policy FILE; "
          + "`robust-eval gate --init` prints some"
      ),
      (
        ["--until-decided", "--policy", "p.yaml", "--shard", "1/2"],
        "--shard: a shard does not see what the others find, so it cannot tell when to stop; "
          + "leave out --shard or --until-decided"
      ),
      (
        ["--epsilon", "0.1,8/255,1/10"],
        "--epsilon: '0.1' and '1/10' are the same radius; keep one of them"
      ),
      (
        ["--baseline", "base"],
        "--baseline: there are no rules that compare with it; add --policy FILE or --max-drop X, or "
          + "compare by robust-eval compare"
      ),
      (
        ["--max-drop", "0.02"],
        "--max-drop: there is nothing to have dropped from; name the report compared with by --baseline"
      ),
      (
        ["--max-drop", "2", "--baseline", "base"],
        "--max-drop: '2' is not a share; give 0 <= x < 1, as in 0.02 for two points"
      ),
      (["--help=x"], "--help: takes no value; leave out what follows the equal sign"),
      (
        ["--sparsity", "0.5,", "0.9"],
        "0.9: unexpected argument; lists are separated by commas, without spaces"
      ),
      (["--quiet", "run"], "run: unexpected argument; put the command first"),
      (
        ["--attack", "fgsm", "--attack", "pgd"],
        "--attack: is given twice; separate values by commas"
      ),
      (
        ["--model", "cnn,mine.pt"],
        "--model: names architectures and files together; state --training, where 'given' leaves "
          + "a file as it is"
      ),
      (
        ["--model", "cnn,mine.pt", "--training", "given"],
        "--training: leaves an architecture untrained; name a training too, as in standard,given"
      ),
      (
        ["--seed", "18446744073709551615", "--seeds", "2"],
        "--seed: '18446744073709551615' is not a whole number from 0 to 9223372036854775805; "
          + "give one"
      ),
      (["merge"], "merge: OUT is missing; write robust-eval merge OUT SHARD..."),
      (["merge", "out"], "merge: SHARD is missing; write robust-eval merge OUT SHARD..."),
      (["merge", "out", ""], "merge: '' is not a folder; name a folder"),
      (["merge", "--seed=1"], "--seed: unknown option; `robust-eval --help` names them all"),
      (["list", "attack"], "list: 'attack' is not a section; did you mean 'attacks'?"),
      (
        ["list", "foo"],
        "list: 'foo' is not a section; name attacks, compressions, trainings, models, datasets, "
          + "isolations"
      ),
      (["list", "models", "x"], "x: unexpected argument; name one section or none"),
      (["doctor", "x"], "x: unexpected argument; doctor takes none"),
      (
        ["--config", "/nonexistent/run.yaml"],
        "/nonexistent/run.yaml: cannot be read: No such file or directory; give an experiment file"
      ),
      (["--config", "/"], "/: cannot be read: Is a directory; give an experiment file"),
      (
        ["--config="],
        "--config: cannot be read: No such file or directory; give an experiment file"
      ),
      (
        ["--config=/dev/zero"],
        "/dev/zero:1: 1048577 bytes are more than 1048576; give an experiment file, not data"
      ),
    ] as [([String], String)])
  func badCommandLine(arguments: [String], line: String) {
    #expect(errorLine(arguments) == "robust-eval: \(line)\n")
  }

  @Test(
    "An experiment file that cannot be followed, with its line",
    arguments: [
      ("seed: 1\nsparsty: 0.5\n", "2: unknown key 'sparsty'; did you mean 'sparsity'?"),
      ("epsilons: 0.5\n", "1: unknown key 'epsilons'; did you mean 'epsilon'?"),
      ("colour: red\n", "1: unknown key 'colour'; `robust-eval run --help` names them all"),
      ("config: other.yaml\n", "1: unknown key 'config'; `robust-eval run --help` names them all"),
      ("\n\nsparsity: 1\n", "3: sparsity: '1' \(share)"),
      ("sparsity: [0.5, 2]\n", "1: sparsity: '2' \(share)"),
      (
        "sparsity: [0.5, [0.9]]\n",
        "1: sparsity: a list holds more than texts; write texts such as "
          + "[pgd:steps=20, fgsm]"
      ),
      (
        "attack:\n  pgd: {steps: 20}\n",
        "1: attack: is a mapping, and takes a text; write texts such "
          + "as [pgd:steps=20, fgsm]"
      ),
      ("seed: [1, 2]\n", "1: seed: is a list, and takes one value; write it as after --seed"),
      (
        "sparsity: []\n", "1: sparsity: the list is empty; write texts such as [pgd:steps=20, fgsm]"
      ),
      ("model: cnn\nseed:\n", "2: seed: has no value; give one or remove the key"),
      ("norm: ~\n", "1: norm: has no value; give one or remove the key"),
      ("quiet: yes\n", "1: quiet: 'yes' is not true or false; give one of them"),
      ("- seed: 1\n", "1: is not a list of settings; write lines such as sparsity: 0.5"),
      ("seed\n", "1: is not a list of settings; write lines such as sparsity: 0.5"),
      ("seed: 1\nseed: 2\n", "2: key 'seed' is already on line 1; keep one of them"),
      ("seed: &a 1\n", "1: anchors, aliases and merge keys are not supported; write the value out"),
      (
        "seed: [1\nnorm: l2\n",
        "2: did not find expected ',' or ']'; check indentation, colons and quotes there"
      ),
    ])
  func badFile(text: String, line: String) {
    #expect(
      errorLine(["--config", "run.yaml"], files: ["run.yaml": text])
        == "robust-eval: run.yaml:\(line)\n")
  }

  @Test("A value from outside cannot break the line, drive the terminal or flood it")
  func isHarmless() throws {
    #expect(
      errorLine(["--norm", "a\nb\u{1B}[31m\u{202E}\u{7F}"])
        == "robust-eval: --norm: 'a\\nb\\u{1b}[31m\\u{202e}\\u{7f}' is not a norm; "
        + "give linf, l2, l1, l0\n")
    let flood = try #require(errorLine(["--norm", String(repeating: "x", count: 100_000)]))
    #expect(flood.count < 600)
  }
}
