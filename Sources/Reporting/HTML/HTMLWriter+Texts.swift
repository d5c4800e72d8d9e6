// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension HTMLWriter {
  /// Adversarial texts below what they were made from, by evaluation.
  func texts(of report: Report) -> [HTML] {
    let entries = Array((report.texts ?? []).enumerated())
    guard !entries.isEmpty else { return [] }
    var order: [String] = []
    for entry in entries where !order.contains(entry.element.evaluation) {
      order.append(entry.element.evaluation)
    }
    let names = report.dataset.classNames ?? []
    return [HTMLPage.paragraph(ReportProse.texts)]
      + order.flatMap { evaluation in
        [HTML.element("h3", evaluation).line]
          + entries.filter { $0.element.evaluation == evaluation }.map {
            figure($0.element, at: $0.offset, names)
          }
      }
  }

  private func figure(_ entry: AttackedTextRecord, at place: Int, _ names: [String]) -> HTML {
    HTML.element(
      "figure", ["class": "attacked", "data-of": "texts/\(place) dataset/class_names"],
      [
        HTML.element("div", entry.clean.map(piece)),
        HTML.element("div", entry.adversarial.map(piece)),
        HTML.element("figcaption", ReportProse.caption(of: entry, names)),
      ]
    ).line
  }

  private func piece(_ span: AttackedTextRecord.Span) -> HTML {
    span.changed ? HTML.element("strong", span.text) : HTML.text(span.text)
  }
}
