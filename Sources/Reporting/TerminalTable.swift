// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// The results as aligned text for a terminal.
public struct TerminalTable: Sendable {
  private static let width = 100
  private let colour: Bool

  /// Creates a renderer.
  ///
  /// - Parameter colour: Whether to use the terminal's colours; without, the text is plain.
  public init(colour: Bool) { self.colour = colour }

  /// Renders results, findings and flags, at most 100 columns wide.
  public func text(for report: Report) -> String {
    let groups = EvaluationGroup.all(in: report).map(table)
    let findings = report.findings.flatMap { TextWrap.lines(of: $0.statement, bullet: "• ") }
    let flags = report.evaluations.flatMap { evaluation in
      evaluation.flags.flatMap { flag in
        TextWrap.lines(
          of: "\(flag.severity.rawValue): \(evaluation.id): \(flag.check): \(flag.message)",
          bullet: "! "
        ).map { styled($0, flag.severity == .blocking ? .alarm : .warning) }
      }
    }
    let effort = ReportProse.effort(of: report).map { TextWrap.lines(of: $0, bullet: "") } ?? []
    let sections = groups + [findings, flags, effort].filter { !$0.isEmpty }
    return sections.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  private func table(of group: EvaluationGroup) -> [String] {
    let names = Set(group.rows.map(\.variant.architecture))
    let seeds = Set(group.rows.map(\.variant.seed))
    let counts = Set(group.rows.map(\.evaluation.examples))
    var caption = "\(names.count == 1 ? names.first ?? "" : "models"): \(group.caption)"
    if let count = counts.first, counts.count == 1 { caption += ", n = \(count)" }
    var columns = [
      TextColumn("training", .left, group.rows.map(\.variant.training)),
      TextColumn("compression", .left, group.rows.map(\.variant.compression)),
      TextColumn("sparsity", .right, group.rows.map { $0.variant.sparsity.achieved.fixed(3) }),
      TextColumn("clean accuracy", .right, group.rows.map { $0.evaluation.cleanAccuracy.text() }),
      TextColumn("robust accuracy", .right, group.rows.map { $0.evaluation.robustAccuracy.text() }),
      TextColumn(
        "KiB", .right, group.rows.map { (Double($0.variant.packedBytes) / 1024).fixed(1) }),
      TextColumn("ms", .right, group.rows.map { $0.variant.latency?.median.fixed(2) ?? "-" }),
    ]
    if counts.count > 1 {
      columns.insert(
        TextColumn("n", .right, group.rows.map { String($0.evaluation.examples) }), at: 5)
    }
    if names.count > 1 {
      columns.insert(TextColumn("model", .left, group.rows.map(\.variant.architecture)), at: 0)
    }
    if seeds.count > 1 {
      columns.insert(TextColumn("seed", .right, group.rows.map { String($0.variant.seed) }), at: 2)
    }
    let lines = TextColumn.lines(columns, width: TerminalTable.width)
    let captionLines = TextWrap.lines(of: caption, bullet: "")
    return captionLines + [styled(lines[0], .heading)]
      + zip(lines.dropFirst(), group.rows).map { line, row in
        styled(line, row.variant.parent == nil ? .plain : .compressed)
      }
  }

  private enum Style: String {
    case plain = ""
    case heading = "1"
    case compressed = "36"
    case warning = "33"
    case alarm = "31"
  }

  private func styled(_ text: String, _ style: Style) -> String {
    guard colour, style != .plain else { return text }
    return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
  }
}
