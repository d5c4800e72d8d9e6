// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Records
import Reporting
import SyntheticReports
import TestSupport
import Testing

@Suite("Written comparisons", .timeLimit(.minutes(15)))
struct ComparisonFormatTests {
  static let names = [
    "a|b", "two\nlines", "<script>alert(1)</script>", "[x](javascript:alert(1))", "`touch x`",
    "\"><img src=x>", "it's", "\u{1B}[31mred", "&lt;", "", "x" * 300,
  ]

  /// Two seeds, two radii, a pruned model that is worse, and a machine that differs.
  private func reports(_ name: String? = nil) -> (Report, Report) {
    var recipe = SyntheticReport()
    recipe.seeds = [1, 2, 3]
    recipe.epsilons = ["0.05", "0.1"]
    var base = recipe.report()
    recipe.random = 2
    recipe.robustRate = 0.3
    recipe.epsilons = ["0.1"]
    var head = recipe.report()
    head.environment.cpu = "Another"
    if let name {
      for index in base.variants.indices { base.variants[index].training = name }
      for index in head.variants.indices { head.variants[index].training = name }
      base.dataset.name = name
      head.dataset.name = name
      head.command = name
      head.environment.os = name
    }
    return (base, head)
  }

  private func text(_ format: ComparisonFormat, _ name: String? = nil) throws -> String {
    let (base, head) = reports(name)
    return try format.text(for: try compare(base, head))
  }

  @Test("The forms are the reviewed ones", .tags(.golden), arguments: ComparisonFormat.allCases)
  func golden(format: ComparisonFormat) throws {
    let ending = ["markdown": "md", "html": "html", "json": "json"][format.rawValue] ?? ""
    try expectGolden(try text(format), named: "comparison.\(ending)")
  }

  @Test("HTML is well formed, runs nothing and refers to nothing outside", arguments: names)
  func html(name: String) throws {
    let page = try HTMLParser.parse(try text(.html, name))
    #expect(HTMLChecker.problems(in: page) == [])
    let plain = try HTMLParser.parse(try text(.html, "plain"))
    #expect(page.all.map(\.name) == plain.all.map(\.name), "no name adds an element")
  }

  @Test("Every number of the page stands in the JSON form, in the row that it names")
  func numbers() throws {
    let source = try text(.html)
    let page = try HTMLParser.parse(source)
    let (base, head) = reports()
    let comparison = try compare(base, head)
    let counts =
      Answer.allCases.flatMap { [comparison.count($0).models, comparison.count($0).methods] }
      + [comparison.models.count, comparison.methods.count]
    // In points: the level, the margin and the least number of seeds.
    let numbers = HTMLNumbers(
      try CanonicalJSON.value(JSONValue.self, from: try text(.json)),
      free: Set(counts.map(String.init) + ["95", "2", "3"]), phrases: ["< 0.0001"])
    #expect(numbers.strays(in: page) == [])
    let row = try #require(comparison.models.first)
    let changed = source.replacing(row.baseAccuracy.fixed(4), with: "0.1234")
    #expect(changed != source)
    #expect(numbers.strays(in: try HTMLParser.parse(changed)) != [])
  }

  @Test("JSON is held to its schema, paired, unpaired and over seeds")
  func schema() throws {
    let validator = try SchemaValidator(ComparisonSchema.text)
    let (base, head) = reports()
    let pairs = [
      try compare(base, head), try compare(lettered("rrbx"), lettered("rbbx")),
      try compare(lettered("rrbx"), lettered("rrbx", start: 100)),
    ]
    for comparison in pairs {
      let json = try CanonicalJSON.value(
        JSONValue.self, from: try ComparisonFormat.json.text(for: comparison))
      #expect(validator.problems(in: json) == [])
    }
    var wrong = pairs[0]
    wrong.models[0].pHolm = 2
    wrong.schema = 9
    let json = try CanonicalJSON.value(
      JSONValue.self, from: try ComparisonFormat.json.text(for: wrong))
    #expect(
      validator.problems(in: json).sorted() == ["/models/0/p_holm: too high", "/schema: not const"])
  }

  @Test("Markdown keeps its shape", arguments: names)
  func markdown(name: String) throws {
    func bars(_ text: String) -> Int {
      text.replacing("\\\\", with: "").replacing("\\|", with: "").count { $0 == "|" }
    }
    let written = try text(.markdown, name)
    let plain = try text(.markdown, "plain")
    // In the type of code bars and tags are only texts; no table holds any.
    let code = /`[^`]*`/
    #expect(bars(written.replacing(code, with: "")) == bars(plain.replacing(code, with: "")))
    let marked = written.replacing(code, with: "")
    #expect(!marked.contains("<script") && !marked.contains("<img"))
    let lines = { (text: String) in text.count { $0 == "\n" } }
    #expect(lines(written) == lines(plain))
  }
}
