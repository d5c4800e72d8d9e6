// SPDX-License-Identifier: GPL-3.0-or-later

/// A page that stands alone: no script, no outside reference, readable in light and dark, on a phone
/// and on paper.
package struct HTMLPage {
  private let title: String
  private let sections: [HTML]

  /// Creates a page; its title is also its first heading.
  package init(title: String, sections: [HTML]) {
    self.title = title
    self.sections = sections
  }

  /// The whole file.
  package var text: String {
    let head = HTML.element(
      "head",
      [
        HTML.void("meta", ["charset": "utf-8"]).line,
        HTML.void(
          "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]
        ).line,
        // Whatever a name in the report might try, a browser loads and runs nothing.
        HTML.void(
          "meta",
          [
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
          ]
        ).line,
        HTML.element("title", title).line, HTML.style(HTMLStyle.sheet).line,
      ])
    let main = HTML.element("main", [HTML.element("h1", title).line] + sections)
    let page = HTML.element(
      "html", ["lang": "en"], [head.line, HTML.element("body", [main.line]).line])
    return "<!DOCTYPE html>\n" + page.markup + "\n"
  }

  /// A section with a heading that can be linked to.
  package static func section(_ id: String, _ title: String, _ content: [HTML]) -> HTML {
    HTML.element(
      "section", ["id": id, "aria-labelledby": "\(id)-title"],
      [HTML.element("h2", ["id": "\(id)-title"], title).line] + content
    ).line
  }

  /// Links to the sections of the page.
  package static func contents(_ entries: [(id: String, title: String)]) -> HTML {
    let links = entries.map { entry in
      HTML.element("li", [HTML.element("a", ["href": "#\(entry.id)"], entry.title)]).line
    }
    return HTML.element("nav", ["aria-label": "Contents"], [HTML.element("ul", links)]).line
  }

  /// A paragraph.
  package static func paragraph(_ text: String) -> HTML { HTML.element("p", text).line }

  /// Something that is folded away until the reader asks; printed, it is open.
  package static func folded(_ title: String, _ content: [HTML]) -> HTML {
    HTML.element("details", [HTML.element("summary", title).line] + content).line
  }
}
