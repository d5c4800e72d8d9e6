// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension ReportTables {
  /// What is left of each variant when the vectors of words move; nil where that was not asked.
  var embeddings: ReportTable? {
    let rows = (report.embeddings ?? []).enumerated().flatMap { place, one in
      one.points.enumerated().map { index, point in
        ReportTable.Row(
          [
            one.variant, point.share.text, point.radius.fixed(4),
            point.accuracy.text(examples: one.examples),
            one.cleanAccuracy.text(examples: one.examples), String(one.steps),
            String(one.gradients),
          ], of: ["embeddings/\(place)/points/\(index)", "embeddings/\(place)"])
      }
    }
    guard !rows.isEmpty else { return nil }
    return ReportTable(
      caption: "Vectors of words moved (not a text attack)",
      columns: [
        .text("variant"), .number("share of the mean length"), .number("radius"),
        .number("accuracy in the balls"), .number("clean accuracy"), .number("steps"),
        .number("gradients of all radii"),
      ], rows: rows)
  }
}

extension ReportProse {
  /// The heading in every form.
  static let embeddingHeading = "Vectors of words moved: not a text attack"

  static let embeddings =
    "A diagnostic, not a text attack: no text has these vectors, and nothing here counts towards robust"
    + " accuracy. The vector of every word moves inside an l2 ball of its own, whose radius is a share of"
    + " the mean length of all the model's vectors; projected gradient ascent climbs the margin. It tells"
    + " how near the boundary lies in the space in which the training freelb hardens. A better search can"
    + " only lower these numbers."
}

extension MarkdownWriter {
  /// The diagnostic on vectors of words; empty where none was asked for.
  func embeddings(in report: Report) -> String {
    ReportTables(report).embeddings.map {
      "## \(ReportProse.embeddingHeading)\n\n\(ReportProse.embeddings)\n\n\($0.markdown)"
    } ?? ""
  }
}

extension HTMLWriter {
  /// The diagnostic on vectors of words; empty where none was asked for.
  func embeddings(in report: Report, _ tables: ReportTables) -> [HTML] {
    tables.embeddings.map { [HTMLPage.paragraph(ReportProse.embeddings), $0.html] } ?? []
  }
}
