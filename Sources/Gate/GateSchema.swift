// SPDX-License-Identifier: GPL-3.0-or-later

public import Reporting

/// The JSON Schema of a gate's JSON form, for programs that read it.
///
/// It is open: a later version may add keys without a new schema number.
public enum GateSchema {
  /// The schema as a file, `gate.schema.json`.
  public static var file: RenderedFile { RenderedFile(path: "gate.schema.json", text: text) }

  /// The schema, after JSON Schema draft 2020-12.
  public static let text = #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "robust-eval-gate-1",
      "title": "What a gate of robust-eval found, schema 1",
      "type": "object",
      "required": ["schema", "verdict", "report", "created", "tests", "rules"],
      "properties": {
        "schema": {"const": 1},
        "verdict": {"$ref": "#/$defs/verdict"},
        "report": {"type": "string"},
        "created": {"type": "string", "description": "ISO 8601, UTC"},
        "baseline": {"type": "string"},
        "policy": {"type": "string"},
        "tests": {"type": "integer", "minimum": 0},
        "rules": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["id", "statement", "verdict", "cases"],
            "properties": {
              "id": {"type": "string"},
              "statement": {"type": "string"},
              "verdict": {"$ref": "#/$defs/verdict"},
              "cases": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/case"}}
            }
          }
        }
      },
      "$defs": {
        "verdict": {"enum": ["pass", "fail", "inconclusive", "refused"]},
        "case": {
          "type": "object",
          "required": ["subject", "verdict", "evidence"],
          "properties": {
            "subject": {"type": "string"},
            "verdict": {"$ref": "#/$defs/verdict"},
            "evidence": {"type": "string"},
            "value": {"type": "number"},
            "low": {"type": "number"},
            "high": {"type": "number"},
            "examples_needed": {"type": "integer", "minimum": 0}
          }
        }
      }
    }

    """#
}
