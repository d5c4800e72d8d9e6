// SPDX-License-Identifier: GPL-3.0-or-later

/// A column of a plain text table.
struct TextColumn {
  enum Alignment {
    case left, right
  }

  private let heading: String
  private let alignment: Alignment
  private let cells: [String]

  /// Creates a column; control characters in its cells, which a terminal would obey, become dots.
  init(_ heading: String, _ alignment: Alignment, _ cells: [String]) {
    self.heading = heading
    self.alignment = alignment
    self.cells = cells.map(TextWrap.printable)
  }

  private var width: Int { max(heading.count, cells.map(\.count).max() ?? 0) }

  /// The heading and the rows, two spaces between columns.
  ///
  /// Where the table is too wide, the widest text columns lose their middle.
  static func lines(_ columns: [TextColumn], width limit: Int) -> [String] {
    var widths = columns.map(\.width)
    let available = limit - 2 * (columns.count - 1)
    while widths.reduce(0, +) > available {
      let candidates = columns.indices.filter { columns[$0].alignment == .left && widths[$0] > 8 }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
    }
    let rows =
      [columns.map(\.heading)]
      + (columns.first?.cells.indices ?? 0..<0).map { row in
        columns.map { $0.cells[row] }
      }
    return rows.map { row in
      let cells = row.indices.map { columns[$0].padded(row[$0], to: widths[$0]) }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  private func padded(_ text: String, to width: Int) -> String {
    // Names of one kind differ at their ends.
    let kept = width - 1
    let cut =
      text.count > width
      ? text.prefix(kept / 2) + "…" + text.suffix(kept - kept / 2) : text[...]
    let space = String(repeating: " ", count: width - cut.count)
    return alignment == .left ? cut + space : space + cut
  }
}
