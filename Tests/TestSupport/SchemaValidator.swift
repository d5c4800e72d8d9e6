// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Holds a JSON value against the part of JSON Schema that the report's schema uses.
///
/// Stricter than the standard in two ways, so that schema and report cannot drift apart: a key that
/// the schema does not name is an error, and so is a keyword that this validator does not know.
public struct SchemaValidator {
  private static let known: Set<String> = [
    "$schema", "$id", "$defs", "$ref", "title", "description", "type", "required", "properties",
    "additionalProperties", "items", "const", "enum", "minimum", "maximum", "exclusiveMaximum",
    "minItems", "maxItems",
  ]
  private let root: JSONValue

  /// Reads a schema.
  public init(_ text: String) throws { root = try CanonicalJSON.value(JSONValue.self, from: text) }

  /// What is wrong, each with its place; empty if nothing is.
  public func problems(in value: JSONValue) -> [String] {
    problems(in: value, against: root, at: "")
  }

  private func problems(in value: JSONValue, against schema: JSONValue, at place: String)
    -> [String]
  {
    var problems = schema.members.keys.filter { !Self.known.contains($0) }.map {
      "\(place): unknown keyword \($0)"
    }
    if case .string(let reference)? = schema["$ref"] {
      let name = String(reference.dropFirst("#/$defs/".count))
      guard let target = root["$defs"]?[name] else { return ["\(place): no \(reference)"] }
      problems += self.problems(in: value, against: target, at: place)
    }
    if case .string(let type)? = schema["type"], !value.isOfType(type) {
      return problems + ["\(place): not of type \(type)"]
    }
    if let constant = schema["const"], constant != value { problems.append("\(place): not const") }
    if case .array(let allowed)? = schema["enum"], !allowed.contains(value) {
      problems.append("\(place): not in enum")
    }
    if let number = value.number {
      if let low = schema["minimum"]?.number, number < low { problems.append("\(place): too low") }
      if let high = schema["maximum"]?.number, number > high {
        problems.append("\(place): too high")
      }
      if let high = schema["exclusiveMaximum"]?.number, number >= high {
        problems.append("\(place): too high")
      }
    }
    return problems + childProblems(in: value, against: schema, at: place)
  }

  private func childProblems(
    in value: JSONValue, against schema: JSONValue, at place: String
  ) -> [String] {
    switch value {
    case .array(let elements):
      var problems: [String] = []
      if let low = schema["minItems"]?.number, Double(elements.count) < low {
        problems.append("\(place): too few")
      }
      if let high = schema["maxItems"]?.number, Double(elements.count) > high {
        problems.append("\(place): too many")
      }
      guard let items = schema["items"] else { return problems }
      return problems
        + elements.enumerated().flatMap {
          self.problems(in: $1, against: items, at: "\(place)/\($0)")
        }
    case .object(let members):
      guard schema["type"] != nil else { return [] }
      var problems: [String] = []
      if case .array(let required)? = schema["required"] {
        for case .string(let key) in required where members[key] == nil {
          problems.append("\(place): \(key) is missing")
        }
      }
      for (key, member) in members {
        guard let part = schema["properties"]?[key] ?? schema["additionalProperties"] else {
          problems.append("\(place): \(key) is not in the schema")
          continue
        }
        problems += self.problems(in: member, against: part, at: "\(place)/\(key)")
      }
      return problems
    default: return []
    }
  }
}

extension JSONValue {
  /// The members of an object; none of anything else.
  fileprivate var members: [String: JSONValue] {
    if case .object(let members) = self { members } else { [:] }
  }

  fileprivate subscript(key: String) -> JSONValue? { members[key] }

  fileprivate var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  fileprivate func isOfType(_ type: String) -> Bool {
    switch (self, type) {
    case (.object, "object"), (.array, "array"), (.string, "string"), (.bool, "boolean"),
      (.int, "integer"), (.int, "number"), (.double, "number"):
      true
    default: false
    }
  }
}
