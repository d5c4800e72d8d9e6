// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension MarkdownWriter {
  /// Adversarial texts below what they were made from; empty where none were kept.
  func texts(of report: Report) -> String {
    let names = report.dataset.classNames ?? []
    let entries = (report.texts ?? []).map { entry in
      "- \(Markdown.escaped(entry.evaluation)). "
        + "\(Markdown.escaped(ReportProse.caption(of: entry, names)))\n"
        + "  - \(line(entry.clean))\n  - \(line(entry.adversarial))\n"
    }
    return entries.isEmpty
      ? "" : "## Adversarial texts\n\n\(ReportProse.texts)\n\n" + entries.joined()
  }

  private func line(_ spans: [AttackedTextRecord.Span]) -> String {
    let text = spans.map { span in
      let escaped = Markdown.escaped(span.text)
      return span.changed ? "**\(escaped)**" : escaped
    }.joined()
    // Four spaces at its head would make it code, and a dash or number a list of its own.
    let bare = text.drop { $0 == " " }
    return (bare.first.map { "-+".contains($0) || $0.isNumber } ?? false ? "\u{200B}" : "") + bare
  }
}

extension ReportProse {
  static let texts =
    "Texts that the model reads rightly, and what attacks made of them so that it reads them wrongly; "
    + "changed words stand out."

  /// Who read an attacked text as what.
  static func caption(of entry: AttackedTextRecord, _ names: [String]) -> String {
    func name(_ label: Int) -> String { names.indices.contains(label) ? names[label] : "\(label)" }
    let changed = entry.adversarial.count(where: \.changed)
    return "Example \(entry.example), true class \(name(entry.label)): read as "
      + "\(name(entry.cleanPrediction)), attacked by \(entry.attack) as "
      + "\(name(entry.adversarialPrediction)); changed words: \(changed)."
  }
}
