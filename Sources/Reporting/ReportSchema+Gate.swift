// SPDX-License-Identifier: GPL-3.0-or-later

extension ReportSchema {
  /// The keys of a gate's result, which stands in a report and alone.
  public static let gateKeys = #"""
          "required": ["schema", "verdict", "report", "created", "tests", "rules"],
          "properties": {
            "schema": {"const": 1},
            "verdict": {"$ref": "#/$defs/gate_verdict"},
            "report": {"type": "string"},
            "created": {"type": "string", "description": "ISO 8601, UTC"},
            "baseline": {"type": "string"},
            "policy": {"type": "string"},
            "tests": {"type": "integer", "minimum": 0},
            "left_out": {"type": "array", "items": {"type": "string"}},
            "only_in_baseline": {"type": "array", "items": {"type": "string"}},
            "rules": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["id", "statement", "verdict", "cases"],
                "properties": {
                  "id": {"type": "string"},
                  "statement": {"type": "string"},
                  "verdict": {"$ref": "#/$defs/gate_verdict"},
                  "cases": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/gate_case"}}
                }
              }
            }
          }
    """#

  /// What those keys refer to.
  public static let gateDefinitions = #"""
        "gate_verdict": {"enum": ["pass", "fail", "inconclusive", "refused"]},
        "gate_case": {
          "type": "object",
          "required": ["subject", "verdict", "evidence"],
          "properties": {
            "subject": {"type": "string"},
            "verdict": {"$ref": "#/$defs/gate_verdict"},
            "evidence": {"type": "string"},
            "value": {"type": "number"},
            "low": {"type": "number"},
            "high": {"type": "number"},
            "examples_needed": {"type": "integer", "minimum": 0}
          }
        }
    """#
}
