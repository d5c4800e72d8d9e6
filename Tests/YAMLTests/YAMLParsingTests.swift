// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import YAML

/// The values of a document without their places, as a comparison needs them.
private indirect enum Plain: Equatable {
  case text(String)
  case list([Plain])
  case keys([(String, Plain)])

  init(_ node: YAMLNode) {
    switch node.content {
    case .scalar(let text, _): self = .text(text)
    case .sequence(let items): self = .list(items.map(Plain.init))
    case .mapping(let entries): self = .keys(entries.map { ($0.key, Plain($0.value)) })
    }
  }

  static func == (left: Plain, right: Plain) -> Bool {
    switch (left, right) {
    case (.text(let a), .text(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.keys(let a), .keys(let b)):
      a.map(\.0) == b.map(\.0) && a.map(\.1) == b.map(\.1)
    default: false
    }
  }
}

@Suite("Reading YAML", .timeLimit(.minutes(15)))
struct YAMLParsingTests {
  private func parse(_ text: String, limits: YAMLLimits = YAMLLimits()) throws -> YAMLNode {
    try YAMLNode.parse(Array(text.utf8), file: "run.yaml", limits: limits)
  }

  // Chapter 2 of the YAML 1.1 specification, examples 2.1, 2.2, 2.3, 2.5 and 2.17 (in part).
  @Test("The examples of the specification have the meaning it gives them")
  func specification() throws {
    #expect(
      Plain(try parse("- Mark McGwire\n- Sammy Sosa\n- Ken Griffey\n"))
        == .list([.text("Mark McGwire"), .text("Sammy Sosa"), .text("Ken Griffey")]))
    #expect(
      Plain(try parse("hr:  65    # Home runs\navg: 0.278 # Batting average\nrbi: 147\n"))
        == .keys([("hr", .text("65")), ("avg", .text("0.278")), ("rbi", .text("147"))]))
    #expect(
      Plain(try parse("american:\n  - Boston Red Sox\nnational:\n  - Chicago Cubs\n"))
        == .keys([
          ("american", .list([.text("Boston Red Sox")])),
          ("national", .list([.text("Chicago Cubs")])),
        ]))
    #expect(
      Plain(try parse("- [name        , hr, avg  ]\n- [Mark McGwire, 65, 0.278]\n"))
        == .list([
          .list([.text("name"), .text("hr"), .text("avg")]),
          .list([.text("Mark McGwire"), .text("65"), .text("0.278")]),
        ]))
    #expect(
      Plain(
        try parse(
          "unicode: \"Sosa did fine.\\u263A\"\nhexesc: \"\\x0d\\x0a is \\r\\n\"\n"
            + "single: '\"Howdy!\" he cried.'\n"))
        == .keys([
          ("unicode", .text("Sosa did fine.\u{263A}")), ("hexesc", .text("\r\n is \r\n")),
          ("single", .text("\"Howdy!\" he cried.")),
        ]))
  }

  @Test("Every value knows its line and column")
  func marks() throws {
    let root = try parse("# experiment\n\nsparsity: [0.5,\n  0.9]\nmodel:   cnn\n")
    #expect(root.mark == YAMLMark(line: 3, column: 1))
    guard case .mapping(let entries) = root.content else {
      Issue.record("not a mapping")
      return
    }
    #expect(entries.map(\.mark) == [YAMLMark(line: 3, column: 1), YAMLMark(line: 5, column: 1)])
    #expect(entries[0].value.mark == YAMLMark(line: 3, column: 11))
    #expect(entries[1].value.mark == YAMLMark(line: 5, column: 10))
    guard case .sequence(let items) = entries[0].value.content else {
      Issue.record("not a list")
      return
    }
    #expect(items.map(\.mark) == [YAMLMark(line: 3, column: 12), YAMLMark(line: 4, column: 3)])
  }

  @Test(
    "Quotes tell a text from what was left empty",
    arguments: [
      ("a:", true), ("a: ~", true), ("a: null", true), ("a: ''", false), ("a: \"null\"", false),
      ("a: 0", false), ("a: |\n  ~\n", false),
    ])
  func nulls(text: String, isNull: Bool) throws {
    guard case .mapping(let entries) = try parse(text).content else {
      Issue.record("not a mapping")
      return
    }
    #expect(entries[0].value.isNull == isNull)
  }

  @Test(
    "A file without a value is null", arguments: ["", "\n\n", "# nothing\n", "---\n", "---\n...\n"])
  func empty(text: String) throws {
    #expect(try parse(text).isNull)
  }

  @Test("A byte order mark and foreign line ends are read past")
  func byteOrderMark() throws {
    let expected = Plain.keys([("a", .text("1")), ("b", .text("2"))])
    #expect(Plain(try parse("\u{FEFF}a: 1\r\nb: 2\r\n")) == expected)
  }

  @Test("A key may hold colons, and a plain text colons and equal signs")
  func specificationsArePlainTexts() throws {
    #expect(
      Plain(try parse("attack: [pgd:steps=20:restarts=5, apgd-ce]"))
        == .keys([("attack", .list([.text("pgd:steps=20:restarts=5"), .text("apgd-ce")]))]))
  }
}
