// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// The texts behind `--help`.
enum Help: Sendable, CaseIterable {
  case program
  case run
  case compare
  case gate
  case report
  case merge
  case verify
  case list
  case doctor

  /// The whole text.
  var text: String {
    switch self {
    case .program: Help.programHead + Help.options
    case .run: Help.runHead + Help.options
    case .compare: Help.compareText
    case .gate: Help.gateText
    case .report: Help.reportText
    case .merge: Help.mergeText
    case .verify: Help.verifyText
    case .list: Help.listText
    case .doctor: Help.doctorText
    }
  }

  private static let programHead = """
    Usage: robust-eval [run] [OPTION]...
           robust-eval compare BASE HEAD
           robust-eval gate REPORT [--baseline REPORT] [--policy FILE]
           robust-eval report RUN
           robust-eval merge OUT SHARD...
           robust-eval verify FILE.npz --model FILE.pt
           robust-eval list [SECTION]
           robust-eval doctor

    Measure how much adversarial robustness a classifier loses or gains when it is
    compressed, and write a report that says how sure that is.

    Commands:
      run      train, compress, attack and report; the word may be left out
      compare  hold two reports against each other
      gate     hold a report against a policy; pass, fail or inconclusive
      report   render a finished run again
      merge    join the shards of one run
      verify   check adversarial inputs in a file against a model
      list     name attacks, compressions, trainings, models, data sets, isolations
      doctor   check libraries, data sets and cores

    """

  private static let runHead = """
    Usage: robust-eval [run] [OPTION]...

    Train a classifier, compress it, attack every variant, and write a report.
    The dense parent of every variant is evaluated too.

    """

  private static let mergeText = """
    Usage: robust-eval merge [OPTION]... OUT SHARD...

    Join the shards of one run, which --shard I/N has left in the folders SHARD,
    into the folder OUT. The result is that of a single machine.

      -p, --policy FILE      hold the result against these rules, as in gate
      -b, --baseline REPORT  the report that rules on losses compare with
          --baseline-optional, --max-drop X
                             as in gate
      -q, --quiet            no progress
          --json             the report on standard output, and nothing else there
      -h, --help             this text

    """

  private static let listText = """
    Usage: robust-eval list [SECTION]

    Name everything of a section, with parameters and sources. SECTION is attacks,
    compressions, trainings, models, datasets or isolations; without it, all.

      -h, --help             this text

    """

  private static let doctorText = """
    Usage: robust-eval doctor

    Check libraries, data sets and cores, and do a self-test, in seconds.

      -h, --help             this text

    """

  private static var options: String {
    let what = RunOption.allCases.filter(\.isExperiment).map { row($0.flag, $0.summary) }
    let how = RunOption.allCases.filter { !$0.isExperiment }.map { row($0.flag, $0.summary) }
    return """

      What is evaluated (lists are separated by commas):
      \(what.joined(separator: "\n"))

      How it is run:
      \(row(.config, "take settings from a YAML file; flags win"))
      \(row(.from, ["repeat the experiment of an old report, and", "compare"]))
      \(how.joined(separator: "\n"))
      \(row(.help, "this text"))
      \(row(.version, "name and version"))

      Every option but --config, --from, --help and --version is also a key of the
      file, as in sparsity: [0.5, 0.9]. Switches take =true and =false. Names may have
      parameters, as in pgd:steps=20:restarts=5; the steps of a compression are joined
      by +, as in structured+quantize:bits=8.

      Exit status: 0 done, 2 wrong usage or bad input, 70 internal error,
      130 interrupted; with --until-decided that of robust-eval gate: 0 passed,
      1 failed, 3 inconclusive, 4 refused.

      """
  }

  /// A flag on the left, its meaning on the right, or below where the flag is too long.
  private static func row(_ flag: Flag, _ summary: [String]) -> String {
    let letter = flag.letter.map { "-\($0), " } ?? "    "
    let value = if case .required(let text) = flag.value { " \(text)" } else { "" }
    let left = "  \(letter)--\(flag.name)\(value)"
    let column = 33
    let margin = String(repeating: " ", count: column)
    let gap =
      left.count + 2 > column
      ? "\n\(margin)" : String(repeating: " ", count: column - left.count)
    return left + gap + summary.joined(separator: "\n\(margin)")
  }

  private static func row(_ flag: Flag, _ summary: String) -> String { row(flag, [summary]) }
}
