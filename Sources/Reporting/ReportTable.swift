// SPDX-License-Identifier: GPL-3.0-or-later

/// A table of a report before it takes a form.
struct ReportTable {
  /// One column.
  struct Column {
    /// The forms that have it.
    enum Place {
      case everywhere
      /// Shares that the Markdown form reckons from two numbers of the report.
      case markdown
      /// The whole that such a share is of.
      case page
    }

    let heading: String
    let isNumeric: Bool
    let place: Place

    static func text(_ heading: String) -> Column {
      Column(heading: heading, isNumeric: false, place: .everywhere)
    }
    static func number(_ heading: String, in place: Place = .everywhere) -> Column {
      Column(heading: heading, isNumeric: true, place: place)
    }
  }

  /// One row.
  struct Row {
    let cells: [String]
    /// Where in the report its numbers stand, such as `evaluations/3`.
    let records: [String]
    /// How the row is coloured, if it is.
    let kind: String?

    init(_ cells: [String], of records: [String], kind: String? = nil) {
      self.cells = cells
      self.records = records
      self.kind = kind
    }
  }

  /// What the table is, in words.
  let caption: String
  let columns: [Column]
  let rows: [Row]

  /// The table in GitHub's Markdown.
  var markdown: String {
    let shown = columns.indices.filter { columns[$0].place != .page }
    var table = MarkdownTable(
      shown.map { index in
        let column = columns[index]
        return column.isNumeric ? .number(column.heading) : .text(column.heading)
      })
    for row in rows { table.append(shown.map { row.cells[$0] }) }
    return table.text
  }

  /// The table in a page.
  var html: HTML {
    let shown = columns.indices.filter { columns[$0].place != .markdown }
    var table = HTMLTable(
      caption, shown.map { HTMLTable.Column(columns[$0].heading, isNumeric: columns[$0].isNumeric) }
    )
    for row in rows {
      table.append(shown.map { row.cells[$0] }, records: row.records, kind: row.kind)
    }
    return table.html
  }
}
