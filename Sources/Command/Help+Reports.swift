// SPDX-License-Identifier: GPL-3.0-or-later

/// The help of the commands that work on finished reports.
extension Help {
  static let compareText = """
    Usage: robust-eval compare [OPTION]... BASE HEAD

    Hold two reports against each other. BASE and HEAD are files or folders of runs.
    Models are matched by architecture, training, compression, sparsity and seed,
    examples by their index; where both reports have them the tests are paired.
    Methods that were tried with several seeds are compared over their seeds.

      -f, --format NAME      markdown, html or json [markdown]
          --json             the same as --format json
      -o, --output FILE      write there instead of standard output
          --margin X         difference in accuracy that does not matter [0.02]
      -h, --help             this text

    Exit status: 0 done, 2 wrong usage, bad input, or reports that cannot be
    compared; the line says what differs.

    """

  static let gateText = """
    Usage: robust-eval gate [OPTION]... REPORT
           robust-eval gate --init > policy.yaml

    Hold a report against the rules of a policy file. Each rule has three answers:
    pass, fail, and inconclusive where more examples are needed to tell.

      -b, --baseline REPORT  the report that rules on losses compare with
          --baseline-optional
                             leave those rules out where it is not there yet
      -p, --policy FILE      the rules, in YAML
          --max-drop X       without a policy: neither clean nor robust accuracy of
                             any model may fall by more than X against the baseline
          --init             print a policy with comments, to start from
          --json             the result as JSON on standard output
          --junit FILE       write the result as JUnit XML too
          --sarif FILE       write the result as SARIF 2.1.0 too
          --markdown FILE    write the result as Markdown too
      -h, --help             this text

    Exit status: 0 passed, 1 failed, 2 wrong usage or bad input, 3 inconclusive,
    4 refused since a soundness flag is up.

    """

  static let reportText = """
    Usage: robust-eval report [OPTION]... RUN

    Render a finished run again, without attacking. RUN is its folder, or its
    report.json.

      -f, --format LIST      markdown, html, csv, json, plots, metrics, schema
                             [markdown]
      -o, --output DIR       folder to write into [that of RUN]
      -p, --policy FILE      show what these rules say of the run
      -b, --baseline REPORT  the report that rules on losses compare with
          --baseline-optional, --max-drop X
                             as in gate
      -h, --help             this text

    """
}
