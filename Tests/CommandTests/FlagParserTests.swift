// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Command

@Suite("Flags as GNU programs take them", .timeLimit(.minutes(15)))
struct FlagParserTests {
  private let parser = FlagParser(flags: [
    Flag(name: "norm", letter: nil, value: .required("NORM")),
    Flag(name: "sparsity", letter: "s", value: .required("LIST")),
    Flag(name: "seed", letter: nil, value: .required("N")),
    Flag(name: "seeds", letter: nil, value: .required("N")),
    Flag(name: "quiet", letter: "q", value: .optional),
    Flag(name: "json", letter: "J", value: .none),
    .help,
  ])

  /// Flags as `name` or `name=value`, operands behind a bar.
  private func parse(_ arguments: [String]) throws -> String {
    let parsed = try parser.parse(arguments)
    let flags = parsed.flags.map { "\($0.flag.name)\($0.value.map { "=\($0)" } ?? "")" }
    return (flags + ["|"] + parsed.operands).joined(separator: " ")
  }

  @Test(
    "Values, clusters, abbreviations, operands in between and the end mark",
    arguments: [
      ([], "|"),
      (["--norm", "l2"], "norm=l2 |"), (["--norm=l2"], "norm=l2 |"), (["--norm="], "norm= |"),
      (["--norm=a=b"], "norm=a=b |"),
      (["-s0.5"], "sparsity=0.5 |"), (["-s", "0.5"], "sparsity=0.5 |"),
      (["-s=0.5"], "sparsity==0.5 |"), (["-s", "-0.1"], "sparsity=-0.1 |"),
      (["--norm", "--quiet"], "norm=--quiet |"), (["--norm", "--"], "norm=-- |"),
      (["-qs", "0.5"], "quiet sparsity=0.5 |"), (["-qJs0.5"], "quiet json sparsity=0.5 |"),
      (["--quiet", "x"], "quiet | x"), (["--quiet=false"], "quiet=false |"),
      (["--no", "l2"], "norm=l2 |"), (["--n=l2"], "norm=l2 |"), (["--sp=1"], "sparsity=1 |"),
      (["--seed", "1"], "seed=1 |"), (["--seeds", "2"], "seeds=2 |"),
      (["a", "--norm", "l2", "b"], "norm=l2 | a b"),
      (["--", "--norm", "l2"], "| --norm l2"), (["a", "--", "-q"], "| a -q"),
      (["-"], "| -"), ([""], "| "),
      (["--seed", "1", "--seed", "2"], "seed=1 seed=2 |"),
      (["--norm", "größer"], "norm=größer |"),
      (["-q", "--help", "--bogus", "x"], "quiet help |"),
    ] as [([String], String)])
  func parses(arguments: [String], expected: String) throws {
    #expect(try parse(arguments) == expected)
  }

  @Test(
    "What cannot be followed is named",
    arguments: [
      (["--nrom", "l2"], .unknownOption, "--nrom"),
      (["x", "--bogus=3", "y"], .unknownOption, "--bogus"),
      (["-x"], .unknownOption, "-x"), (["-qx"], .unknownOption, "-x"),
      (["-é"], .unknownOption, "-?"), (["--=3"], .unknownOption, "--"),
      (["--s", "1"], .ambiguousOption, "--s"), (["--see", "1"], .ambiguousOption, "--see"),
      (["--norm"], .missingValue, "--norm"), (["-q", "-s"], .missingValue, "--sparsity"),
      (["--json=1"], .unexpectedArgument, "--json"), (["--js=1"], .unexpectedArgument, "--json"),
      (["--bogus", "--help"], .unknownOption, "--bogus"),
    ] as [([String], UsageError.Code, String)])
  func refuses(arguments: [String], code: UsageError.Code, subject: String) throws {
    let error = #expect(throws: UsageError.self) { try parse(arguments) }
    #expect(error?.code == code)
    #expect(error?.subject == subject)
  }

  @Test("Parses on several threads do not disturb one another")
  func isThreadSafe() async {
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<200 {
        group.addTask { (try? parse(["a", "--seed", "\(number)", "b"])) == "seed=\(number) | a b" }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}
