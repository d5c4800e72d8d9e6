// SPDX-License-Identifier: GPL-3.0-or-later

import TestSupport
import Testing

@testable import Command

@Suite("Help", .timeLimit(.minutes(15)))
struct HelpTests {
  private static let commands: [(String, [String])] = [
    ("program", ["--help"]), ("run", ["run", "--help"]), ("compare", ["compare", "a", "--help"]),
    ("gate", ["gate", "-h"]), ("report", ["report", "--help"]), ("merge", ["merge", "-h"]),
    ("verify", ["verify", "--help"]), ("list", ["list", "--help"]), ("doctor", ["doctor", "--he"]),
  ]

  private func text(_ arguments: [String]) throws -> String {
    guard case .help(let help) = try invoke(arguments) else { return "" }
    return help.text
  }

  @Test("The help is the reviewed one", .tags(.golden), arguments: commands)
  func golden(name: String, arguments: [String]) throws {
    try expectGolden(try text(arguments), named: "help-\(name).txt")
  }

  @Test("No line of help is wider than a terminal", arguments: Help.allCases)
  func width(help: Help) {
    for line in help.text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test("Every option of `run` is explained", arguments: RunOption.allCases)
  func completeness(option: RunOption) {
    #expect(Help.run.text.contains("--\(option.name)"))
  }
}
