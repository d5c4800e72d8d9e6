// SPDX-License-Identifier: GPL-3.0-or-later

/// A table that scrolls inside its own frame where it is wider than the page.
package struct HTMLTable {
  /// One column: its heading and whether it holds numbers, which stand right.
  package struct Column {
    let heading: String
    let isNumeric: Bool

    /// Creates a column.
    package init(_ heading: String, isNumeric: Bool) {
      self.heading = heading
      self.isNumeric = isNumeric
    }
  }

  /// Names of more letters than this get a wide column.
  private static let long = 24

  private let caption: String
  private let columns: [Column]
  private var rows: [HTML] = []

  /// Creates a table without rows; the caption is read out by programs that read pages aloud.
  package init(_ caption: String, _ columns: [Column]) {
    self.caption = caption
    self.columns = columns
  }

  /// Adds a row.
  ///
  /// - Parameters:
  ///   - cells: The texts, one for each column; the first one names the row.
  ///   - records: Where in the report the row's numbers stand, such as `evaluations/3`.
  ///   - kind: A class of the first cell, such as `worse`.
  package mutating func append(
    _ cells: [String], records: [String] = [], kind: String? = nil
  ) {
    precondition(cells.count == columns.count, "a row has one cell for each column")
    let row = zip(columns, cells).enumerated().map { index, pair in
      let (column, cell) = pair
      let text = column.isNumeric ? cell.digitsGrouped : cell
      let classes = [
        index == 0 ? kind : nil, index == 0 && cell.count > Self.long ? "long" : nil,
        column.isNumeric ? "number" : nil,
      ].compactMap(\.self).joined(separator: " ")
      return switch (index == 0, classes.isEmpty) {
      case (true, true): HTML.element("th", ["scope": "row"], text)
      case (true, false): HTML.element("th", ["scope": "row", "class": classes], text)
      case (false, true): HTML.element("td", text)
      case (false, false): HTML.element("td", ["class": classes], text)
      }
    }
    rows.append(
      records.isEmpty
        ? HTML.element("tr", row).line
        : HTML.element("tr", ["data-of": records.joined(separator: " ")], row).line)
  }

  /// The table in its frame, which the keyboard can scroll too.
  package var html: HTML {
    let headings = columns.map { column in
      column.isNumeric
        ? HTML.element("th", ["scope": "col", "class": "number"], column.heading)
        : HTML.element("th", ["scope": "col"], column.heading)
    }
    let table = HTML.element(
      "table",
      [
        HTML.element("thead", [HTML.element("tr", headings)]).line,
        HTML.element("tbody", rows).line,
      ])
    return HTML.element(
      "div", ["class": "wide", "tabindex": "0", "role": "region", "aria-label": caption],
      [table]
    ).line
  }
}

extension String {
  /// A whole number of five digits or more in groups of three; anything else as it is.
  fileprivate var digitsGrouped: String {
    guard utf8.count > 4, utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return self }
    var result = ""
    for (index, digit) in enumerated() {
      if index > 0, (count - index) % 3 == 0 { result.append("\u{202F}") }
      result.append(digit)
    }
    return result
  }
}
