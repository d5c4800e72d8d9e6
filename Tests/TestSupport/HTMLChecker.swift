// SPDX-License-Identifier: GPL-3.0-or-later

/// Holds a page against what the project promises of its pages, and what HTML asks of the elements
/// that they use.
public enum HTMLChecker {
  /// The elements that pages use, each with its own attributes and the elements it may stand in.
  private static let allowed: [String: (attributes: Set<String>, parents: Set<String>?)] = [
    "html": (["lang"], []), "head": ([], ["html"]), "body": ([], ["html"]),
    "meta": (["charset", "name", "content", "http-equiv"], ["head"]),
    "title": ([], ["head"]), "style": ([], ["head"]), "main": ([], ["body"]),
    "section": ([], ["main"]), "h1": ([], ["main"]), "h2": ([], ["section"]),
    "h3": ([], ["section"]), "p": ([], ["main", "section", "dd", "details"]),
    "nav": ([], ["main"]), "ul": ([], ["nav", "section", "dd", "details"]), "li": ([], ["ul"]),
    "a": (["href"], ["li"]), "dl": ([], ["section"]), "dt": ([], ["dl", "div"]),
    "dd": ([], ["dl", "div"]), "div": ([], nil), "span": ([], nil), "strong": ([], nil),
    "code": ([], nil), "figure": ([], ["section", "div"]), "figcaption": ([], ["figure"]),
    "img": (["src", "alt"], ["div"]), "table": ([], ["div"]), "thead": ([], ["table"]),
    "tbody": ([], ["table"]), "tr": ([], ["thead", "tbody"]), "th": (["scope"], ["tr"]),
    "td": ([], ["tr"]), "details": ([], ["section"]), "summary": ([], ["details"]),
  ]
  private static let global: Set<String> = [
    "id", "class", "role", "tabindex", "aria-label", "aria-labelledby", "data-of",
  ]

  /// What is wrong with a page; empty if nothing is.
  public static func problems(in page: HTMLElement) -> [String] {
    var problems: [String] = []
    check(page, parent: nil, &problems)
    let ids = page.all.compactMap { $0.attributes["id"] }
    if Set(ids).count != ids.count { problems.append("an id is used twice") }
    for element in page.all {
      if let target = element.attributes["href"], !target.hasPrefix("#") {
        problems.append("a link leads out: \(target)")
      } else if let target = element.attributes["href"], !ids.contains(String(target.dropFirst())) {
        problems.append("a link leads nowhere: \(target)")
      }
      if let label = element.attributes["aria-labelledby"], !ids.contains(label) {
        problems.append("no label \(label)")
      }
    }
    for name in ["head", "body", "main", "title", "h1"] where page.all(name).count != 1 {
      problems.append("not one \(name)")
    }
    for table in page.all("table") {
      let widths = Set(table.all("tr").map(\.elements.count))
      if widths.count != 1 { problems.append("a table's rows have \(widths.sorted()) cells") }
    }
    return problems
  }

  private static func check(
    _ element: HTMLElement, parent: HTMLElement?, _ problems: inout [String]
  ) {
    guard let rule = allowed[element.name] else {
      problems.append("<\(element.name)> has no place in a page")
      return
    }
    if let parents = rule.parents, !parents.contains(parent?.name ?? "") {
      if !(parent == nil && element.name == "html") {
        problems.append("<\(element.name)> stands in <\(parent?.name ?? "")>")
      }
    }
    for key in element.attributes.keys
    where !rule.attributes.contains(key) && !global.contains(key) {
      problems.append("<\(element.name)> has \(key)")
    }
    if element.name == "img" {
      let source = element.attributes["src"] ?? ""
      let isData = ["data:image/png;base64,", "data:image/svg+xml;base64,"].contains {
        source.hasPrefix($0)
      }
      if !isData { problems.append("a picture is no data: \(source.prefix(40))") }
      if element.attributes["alt"]?.isEmpty != false { problems.append("a picture without text") }
    }
    if element.name == "style" {
      for word in ["url(", "@import", "expression"] where element.text.contains(word) {
        problems.append("the style sheet has \(word)")
      }
    }
    for child in element.elements { check(child, parent: element, &problems) }
  }
}
