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
    let page = try text(.html, name)
    #expect(
      !page.contains("<script") && !page.contains("<img") && !page.contains("javascript:alert(1)\"")
    )
    for reference in ["href=", "src=", "url(", "@import", "http"] {
      #expect(!page.contains(reference) || name.contains(reference), "\(reference)")
    }
    #expect(!page.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
    #expect(unbalanced(page) == nil)
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

  /// The first tag that closes nothing or is not closed, or nil.
  private func unbalanced(_ page: String) -> String? {
    var open: [Substring] = []
    for match in page.matches(of: /<(\/?)([a-z0-9]+)([^>]*)>/) {
      let name = match.2
      if ["meta", "br"].contains(name) { continue }
      if match.1.isEmpty {
        open.append(name)
      } else if open.popLast() != name {
        return String(name)
      }
    }
    return open.last.map(String.init)
  }
}
