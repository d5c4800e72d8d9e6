// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension HTMLWriter {
  /// Adversarial images beside what they were made from, by evaluation.
  func gallery(of report: Report) -> [HTML] {
    let entries = Array((report.gallery ?? []).enumerated())
    guard !entries.isEmpty else { return [] }
    var order: [String] = []
    for entry in entries where order.last != entry.element.evaluation {
      if !order.contains(entry.element.evaluation) { order.append(entry.element.evaluation) }
    }
    let names = report.dataset.classNames ?? []
    let groups = order.flatMap { evaluation in
      let shown = entries.filter { $0.element.evaluation == evaluation }
      return [
        HTML.element("h3", evaluation).line,
        HTML.element(
          "div", ["class": "gallery"], shown.map { figure($0.element, at: $0.offset, names) }
        ).line,
      ]
    }
    return [
      HTMLPage.paragraph(
        "Inputs that the model reads rightly, the nearest ones found that it reads wrongly, and "
          + "their difference, magnified; middle grey is no difference.")
    ] + groups
  }

  private func figure(_ entry: GalleryRecord, at place: Int, _ names: [String]) -> HTML {
    func name(_ label: Int) -> String { names.indices.contains(label) ? names[label] : "\(label)" }
    let (before, after) = (name(entry.cleanPrediction), name(entry.adversarialPrediction))
    let pictures = [
      (entry.pictures.clean, "clean", "Example \(entry.example), unchanged: read as \(before)"),
      (
        entry.pictures.adversarial, "adversarial",
        "Example \(entry.example), attacked: read as \(after)"
      ),
      (
        entry.pictures.perturbation, "change ×\(entry.magnification)",
        "The difference of both, magnified \(entry.magnification) times"
      ),
    ].map { path, title, alternative in
      HTML.element(
        "div", [image(path, alternative: alternative), HTML.element("span", title)])
    }
    return HTML.element(
      "figure", ["data-of": "gallery/\(place) dataset/class_names"],
      [
        HTML.element("div", ["class": "trio"], pictures),
        HTML.element(
          "figcaption",
          "Example \(entry.example), true class \(name(entry.label)): read as \(before), attacked "
            + "by \(entry.attack) as \(after); distance \(entry.distance.fixed(4))."),
      ]
    ).line
  }
}
