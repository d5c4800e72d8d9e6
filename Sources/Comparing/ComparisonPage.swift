// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Reporting

/// A comparison as a page of its own: no script, no outside reference, light and dark.
///
/// As in a report's page, `data-of` names the record of the JSON form that a row's numbers stand in.
struct ComparisonPage {
  private let comparison: ReportComparison
  private let words: ComparisonText

  init(_ comparison: ReportComparison) {
    self.comparison = comparison
    words = ComparisonText(comparison: comparison)
  }

  var text: String {
    let sections = [methods, models, environment, unmatched, reports].compactMap(\.self)
    return HTMLPage(
      title: "Comparison on \(comparison.dataset)", sections: [summary] + sections
    ).text
  }

  private var summary: HTML {
    var lines: [(title: String, counts: String)] = []
    if !comparison.methods.isEmpty {
      lines.append(("Methods", words.summary(comparison.methods) { $0.answer }))
    }
    if !comparison.models.isEmpty {
      lines.append(("Models", words.summary(comparison.models) { $0.answer }))
    }
    let shown =
      comparison.methods.enumerated().compactMap { index, row in
        Self.isShown(row.answer)
          ? sentence(words.sentence(row), row.answer, "methods/\(index)") : nil
      }
      + comparison.models.enumerated().compactMap { index, row in
        Self.isShown(row.answer)
          ? sentence(words.sentence(row), row.answer, "models/\(index)") : nil
      }
    let counts = lines.map { line in
      HTML.element("p", [HTML.element("strong", "\(line.title): \(line.counts).")]).line
    }
    let list: [HTML] =
      shown.isEmpty
      ? [HTMLPage.paragraph("Nothing was shown to be better or worse.")]
      : shown.count > Self.most + 3
        ? [
          HTML.element("ul", ["class": "findings"], Array(shown.prefix(Self.most))).line,
          HTMLPage.folded(
            "Show all others",
            [HTML.element("ul", ["class": "findings"], Array(shown.dropFirst(Self.most))).line]),
        ] : [HTML.element("ul", ["class": "findings"], shown).line]
    return HTMLPage.section("summary", "Summary", counts + list)
  }

  /// Sentences of the summary that are shown before the rest is folded away.
  private static let most = 12

  private static func isShown(_ answer: Answer) -> Bool { [.better, .worse].contains(answer) }

  private func sentence(_ text: String, _ answer: Answer, _ record: String) -> HTML {
    HTML.element("li", ["class": answer.rawValue, "data-of": record], text).line
  }

  private var models: HTML? {
    guard !comparison.models.isEmpty else { return nil }
    return section(
      "models", "Models", words.method, ComparisonText.modelHeadings,
      comparison.models.enumerated().map { index, row in
        (words.cells(row), "models/\(index)", row.answer.rawValue)
      })
  }

  private var methods: HTML? {
    guard !comparison.methods.isEmpty else { return nil }
    return section(
      "methods", "Methods", words.methodNote, ComparisonText.methodHeadings,
      comparison.methods.enumerated().map { index, row in
        (words.cells(row), "methods/\(index)", row.answer.rawValue)
      })
  }

  private func section(
    _ id: String, _ title: String, _ note: String, _ headings: [String],
    _ rows: [(cells: [String], record: String, kind: String)]
  ) -> HTML {
    var table = table(title, headings)
    for row in rows { table.append(row.cells, records: [row.record], kind: row.kind) }
    return HTMLPage.section(id, title, [HTMLPage.paragraph(note), table.html])
  }

  private var environment: HTML? {
    guard !comparison.environment.isEmpty else { return nil }
    var table = table("What differs besides", ["what", "in the base", "in the head"])
    for (index, row) in comparison.environment.enumerated() {
      table.append([row.what, row.base, row.head], records: ["environment/\(index)"])
    }
    return HTMLPage.section("environment", "What differs besides", [table.html])
  }

  private var unmatched: HTML? {
    let lines =
      comparison.onlyBase.map { HTML.element("li", "base alone: \($0)").line }
      + comparison.onlyHead.map { HTML.element("li", "head alone: \($0)").line }
    guard !lines.isEmpty else { return nil }
    return HTMLPage.section("unmatched", "Without a counterpart", [HTML.element("ul", lines).line])
  }

  private var reports: HTML {
    var table = table("The two reports", ["side", "file", "created", "version", "command"])
    for (name, side) in [("base", comparison.base), ("head", comparison.head)] {
      table.append([name, side.file, side.created, side.version, side.command], records: [name])
    }
    return HTMLPage.section("reports", "The two reports", [table.html])
  }

  private func table(_ caption: String, _ headings: [String]) -> HTMLTable {
    HTMLTable(
      caption,
      headings.map {
        HTMLTable.Column($0, isNumeric: ComparisonText.numeric.contains($0))
      })
  }
}
