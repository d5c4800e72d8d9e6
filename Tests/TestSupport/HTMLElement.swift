// SPDX-License-Identifier: GPL-3.0-or-later

/// An element of a page that was parsed strictly, with what stands inside it.
public final class HTMLElement {
  /// Something inside an element.
  public enum Child {
    /// Text, with its entities resolved.
    case text(String)
    /// An element.
    case element(HTMLElement)
  }

  /// The element's name.
  public let name: String
  /// Its attributes.
  public let attributes: [String: String]
  /// What stands inside it.
  public internal(set) var children: [Child] = []

  init(_ name: String, _ attributes: [String: String]) {
    self.name = name
    self.attributes = attributes
  }

  /// The elements directly inside.
  public var elements: [HTMLElement] {
    children.compactMap { if case .element(let element) = $0 { element } else { nil } }
  }

  /// This element and all inside it, in the order of the file.
  public var all: [HTMLElement] { [self] + elements.flatMap(\.all) }

  /// All inside of a name.
  public func all(_ name: String) -> [HTMLElement] { all.filter { $0.name == name } }

  /// The text of all inside, pictures by what is said of them; elements are set apart by spaces.
  public var text: String { text { _ in true } }

  /// The text of all inside but elements that are left out.
  public func text(where isShown: (HTMLElement) -> Bool) -> String {
    if name == "img" { return attributes["alt"] ?? "" }
    return children.map { child in
      switch child {
      case .text(let text): text
      case .element(let element): isShown(element) ? " \(element.text(where: isShown)) " : " "
      }
    }.joined()
  }
}
