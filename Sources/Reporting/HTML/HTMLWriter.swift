// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
public import Records

/// Writes `report.html`: the report as one page that needs no other file, no script and no network.
///
/// Every row of a table and every sentence with a number of its own names the records that the numbers
/// stand in: the attribute `data-of` holds JSON pointers into `report.json`, without the first slash.
public struct HTMLWriter: ReportWriter {
  private let picture: @Sendable (String) -> [UInt8]?

  /// Creates a writer.
  ///
  /// - Parameter picture: The bytes of a picture by its path in the run's folder, such as
  ///   `plots/accuracy.svg`; nil where there is none, and the page then says so.
  public init(picture: @escaping @Sendable (String) -> [UInt8]?) { self.picture = picture }

  /// Renders `report.html`.
  public func files(for report: Report) -> [RenderedFile] {
    let tables = ReportTables(report)
    let parts: [(id: String, title: String, content: [HTML])] = [
      ("summary", "Summary", summary(of: report)),
      ("gate", "What the policy says", gate(of: report, tables)),
      ("findings", "Findings", findings(in: report)),
      ("curves", "Accuracy against sparsity", figures(PlotWriter().plots(in: report))),
      ("epsilon", "Robust accuracy against epsilon", security(in: report)),
      ("trade-off", "Robustness against size and latency", tradeOff(in: report)),
      ("results", "Results by attacker", results(in: report, tables)),
      ("isolation", "What isolation buys", ladders(in: report, tables)),
      ("members", "Members apart", members(in: report, tables)),
      ("comparisons", "Paired comparisons", comparisons(in: report, tables)),
      ("attacks", "Attacks", attacks(in: report, tables)),
      ("soundness", "May the numbers be believed?", soundness(in: report, tables)),
      ("embeddings", ReportProse.embeddingHeading, embeddings(in: report, tables)),
      ("footprint", "Footprint", footprint(of: report, tables)),
      ("search", "Search over structures", search(in: report, tables)),
      ("gallery", "Adversarial images", gallery(of: report)),
      ("texts", "Adversarial texts", texts(of: report)),
      ("environment", "Environment", environment(of: report)),
    ].filter { !$0.2.isEmpty }
    let opening =
      [
        HTMLPage.paragraph(ReportProse.opening(of: report)),
        HTML.element("p", ["class": "faint"], ReportProse.rates(in: report)).line,
      ] + (report.stopping.map { [HTML.element("p", ["data-of": "stopping"], $0.text).line] } ?? [])
      + [
        HTMLPage.contents(parts.map { ($0.id, $0.title) })
      ]
    let page = HTMLPage(
      title: "Robustness under compression: \(report.dataset.name)",
      sections: opening + parts.map { HTMLPage.section($0.id, $0.title, $0.content) })
    return [RenderedFile(path: "report.html", text: page.text)]
  }

  /// A picture with its description, or what would have been seen.
  func image(_ path: String, alternative: String) -> HTML {
    guard let bytes = picture(path), let kind = PictureKind(path) else {
      return HTML.element("span", "\(alternative) (the picture \(path) is missing)")
    }
    let data = Data(bytes).base64EncodedString()
    return HTML.void(
      "img", ["alt": alternative, "src": "data:\(kind.rawValue);base64,\(data)"])
  }

  /// Plots, each in a frame of its own that scrolls on a small screen.
  func figures(_ plots: [any Plot]) -> [HTML] {
    plots.map { plot in
      let picture = image(
        "\(plot.pathWithoutExtension).svg",
        alternative: "\(plot.caption). The numbers stand in the tables below.")
      return HTML.element(
        "figure", ["class": "plot"],
        [
          HTML.element(
            "div",
            ["class": "wide", "tabindex": "0", "role": "region", "aria-label": plot.caption],
            [picture])
        ]
      ).line
    }
  }
}

/// The kinds of pictures that a page may hold.
private enum PictureKind: String {
  case png = "image/png"
  case svg = "image/svg+xml"

  init?(_ path: String) {
    if path.hasSuffix(".png") {
      self = .png
    } else if path.hasSuffix(".svg") {
      self = .svg
    } else {
      return nil
    }
  }
}
