// SPDX-License-Identifier: GPL-3.0-or-later

/// A table in GitHub's Markdown whose cells may hold any text.
package struct MarkdownTable {
  /// One column: its heading and whether it holds numbers, which stand right.
  package struct Column {
    let heading: String
    let numeric: Bool

    package static func text(_ heading: String) -> Column {
      Column(heading: heading, numeric: false)
    }
    package static func number(_ heading: String) -> Column {
      Column(heading: heading, numeric: true)
    }
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  package init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row; the cells are escaped here.
  package mutating func append(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row has one cell for each column")
    rows.append(cells.map(Markdown.escaped))
  }

  /// The table, with a newline at the end of each line.
  package var text: String {
    let heading = "| " + columns.map(\.heading).joined(separator: " | ") + " |\n"
    let rule = "|" + columns.map { $0.numeric ? " ---: |" : " --- |" }.joined() + "\n"
    return heading + rule
      + rows.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }
}
