// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// XML as a tree, read by libxml2.
final class XMLTree: NSObject, XMLParserDelegate {
  final class Element {
    let name: String
    let attributes: [String: String]
    var children: [Element] = []
    var text = ""

    init(_ name: String, _ attributes: [String: String]) {
      self.name = name
      self.attributes = attributes
    }
  }

  struct NotXML: Error {}

  private var open: [Element] = []
  private(set) var root = Element("", [:])

  init(_ text: String) throws {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    guard parser.parse() else { throw NotXML() }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    let element = Element(name, attributes)
    if let parent = open.last { parent.children.append(element) } else { root = element }
    open.append(element)
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { open.last?.text += string }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    open.removeLast()
  }
}

/// Holds a tree against the part of Jenkins' `junit-10.xsd` that concerns it, and its counts against
/// what they count.
enum JUnitChecker {
  private static let children: [String: Set<String>] = [
    "testsuites": ["testsuite"], "testsuite": ["testcase", "properties", "system-out"],
    "testcase": ["failure", "error", "skipped", "system-out", "system-err"],
  ]
  private static let required: [String: Set<String>] = [
    "testsuite": ["name", "tests", "failures", "errors"], "testcase": ["name", "classname"],
  ]
  private static let allowed: [String: Set<String>] = [
    "testsuites": ["name", "time", "tests", "failures", "errors"],
    "testsuite": [
      "name", "tests", "failures", "errors", "time", "skipped", "timestamp", "hostname", "id",
    ], "testcase": ["name", "assertions", "time", "classname", "status"],
    "failure": ["type", "message"], "error": ["type", "message"],
  ]

  static func problems(in root: XMLTree.Element) -> [String] {
    (root.name == "testsuites" ? [] : ["the root is \(root.name)"]) + check(root)
  }

  private static func check(_ element: XMLTree.Element) -> [String] {
    var problems: [String] = []
    let keys = Set(element.attributes.keys)
    problems += (required[element.name] ?? []).subtracting(keys).map { "\(element.name): no \($0)" }
    problems += keys.subtracting(allowed[element.name] ?? []).map { "\(element.name): \($0)" }
    for (key, value) in element.attributes {
      switch key {
      case "tests", "failures", "errors", "skipped":
        if Int(value) != counted(key, in: element) { problems.append("\(element.name): \(key)") }
      case "time": if Double(value) == nil { problems.append("\(element.name): time") }
      default: break
      }
    }
    for child in element.children {
      if children[element.name]?.contains(child.name) != true {
        problems.append("\(child.name) in \(element.name)")
      }
      problems += check(child)
    }
    return problems
  }

  private static func counted(_ key: String, in element: XMLTree.Element) -> Int {
    let cases =
      element.name == "testsuites" ? element.children.flatMap(\.children) : element.children
    let name = ["failures": "failure", "errors": "error", "skipped": "skipped"][key]
    return name.map { name in
      cases.count { $0.children.contains { $0.name == name } }
    } ?? cases.count
  }
}

/// The part of SARIF's own schema that a gate's log uses; required members and words as there.
enum SARIFSchema {
  static let text = """
    {"type": "object", "required": ["version", "runs"], "properties": {
      "$schema": {"type": "string"}, "version": {"enum": ["2.1.0"]},
      "runs": {"type": "array", "items": {"$ref": "#/$defs/run"}}},
     "$defs": {
      "run": {"type": "object", "required": ["tool"], "properties": {
        "tool": {"type": "object", "required": ["driver"], "properties": {
          "driver": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string"},
            "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}}}}}},
        "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "properties": {"type": "object", "additionalProperties": {}}}},
      "rule": {"type": "object", "required": ["id"], "properties": {
        "id": {"type": "string"}, "shortDescription": {"$ref": "#/$defs/message"},
        "defaultConfiguration": {"type": "object", "properties": {
          "level": {"enum": ["none", "note", "warning", "error"]}}},
        "properties": {"type": "object", "additionalProperties": {}}}},
      "message": {"type": "object", "required": ["text"], "properties": {
        "text": {"type": "string"}}},
      "result": {"type": "object", "required": ["message"], "properties": {
        "ruleId": {"type": "string"}, "ruleIndex": {"type": "integer", "minimum": -1},
        "kind": {"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": {"$ref": "#/$defs/message"},
        "locations": {"type": "array", "items": {"$ref": "#/$defs/location"}},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}}}},
      "location": {"type": "object", "properties": {
        "physicalLocation": {"type": "object", "properties": {
          "artifactLocation": {"type": "object", "properties": {"uri": {"type": "string"}}},
          "region": {"type": "object", "properties": {
            "startLine": {"type": "integer", "minimum": 1}}}}},
        "logicalLocations": {"type": "array", "items": {"type": "object", "properties": {
          "name": {"type": "string"}}}}}}}}
    """
}
