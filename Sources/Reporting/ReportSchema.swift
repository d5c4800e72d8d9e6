// SPDX-License-Identifier: GPL-3.0-or-later

/// The JSON Schema of `report.json`, for programs that read it.
///
/// It is open: a later version may add keys without a new schema number.
public enum ReportSchema {
  /// The schema as a file, `report.schema.json`.
  public static var file: RenderedFile { RenderedFile(path: "report.schema.json", text: text) }

  /// The schema, after JSON Schema draft 2020-12.
  public static let text = #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "robust-eval-report-1",
      "title": "Report of robust-eval, schema 1",
      "type": "object",
      "required": ["schema", "tool", "created", "command", "seed", "environment", "dataset",
        "experiment", "variants", "evaluations", "comparisons", "findings"],
      "properties": {
        "schema": {"const": 1},
        "tool": {
          "type": "object",
          "required": ["name", "version"],
          "properties": {
            "name": {"type": "string"},
            "version": {"type": "string"},
            "commit": {"type": "string"}
          }
        },
        "created": {"type": "string", "description": "ISO 8601, UTC"},
        "command": {"type": "string"},
        "seed": {"$ref": "#/$defs/count"},
        "environment": {
          "type": "object",
          "required": ["os", "cpu", "cores", "device", "libraries"],
          "properties": {
            "os": {"type": "string"},
            "cpu": {"type": "string"},
            "cores": {"type": "integer", "minimum": 1},
            "device": {"type": "string"},
            "libraries": {"type": "object", "additionalProperties": {"type": "string"}}
          }
        },
        "dataset": {
          "type": "object",
          "required": ["name", "examples", "classes", "input_shape", "input_range"],
          "properties": {
            "name": {"type": "string"},
            "sha256": {"type": "string"},
            "examples": {"$ref": "#/$defs/count"},
            "classes": {"type": "integer", "minimum": 1},
            "class_names": {"type": "array", "items": {"type": "string"}},
            "class_counts": {"type": "array", "items": {"$ref": "#/$defs/count"}},
            "input_shape": {"type": "array", "items": {"$ref": "#/$defs/count"}},
            "input_range": {
              "type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2
            }
          }
        },
        "experiment": {"description": "every setting, so that the run can be repeated"},
        "stopping": {
          "type": "object",
          "description": "a run that ended as soon as a policy was decided",
          "required": ["rule", "policy_sha256", "examples_seen", "examples_available",
            "examples_per_look", "order_seed"],
          "properties": {
            "rule": {"enum": ["until-decided"]},
            "policy_sha256": {"type": "string"},
            "baseline_sha256": {"type": "string"},
            "examples_seen": {"type": "integer", "minimum": 1},
            "examples_available": {"type": "integer", "minimum": 1},
            "examples_per_look": {"type": "integer", "minimum": 1},
            "order_seed": {"$ref": "#/$defs/count"}
          }
        },
        "variants": {"type": "array", "items": {"$ref": "#/$defs/variant"}},
        "evaluations": {"type": "array", "items": {"$ref": "#/$defs/evaluation"}},
        "labels": {"$ref": "#/$defs/labels"},
        "comparisons": {"type": "array", "items": {"$ref": "#/$defs/comparison"}},
        "curves": {"type": "array", "items": {"$ref": "#/$defs/curve"}},
        "effort": {
          "type": "object",
          "required": ["queries", "gradients", "seconds", "share_of_all"],
          "properties": {
            "queries": {"$ref": "#/$defs/count"},
            "gradients": {"$ref": "#/$defs/count"},
            "seconds": {"$ref": "#/$defs/seconds"},
            "share_of_all": {"$ref": "#/$defs/share"},
            "pace": {"type": "number", "minimum": 0}
          }
        },
        "ladders": {"type": "array", "items": {"$ref": "#/$defs/ladder"}},
        "members": {"type": "array", "items": {"$ref": "#/$defs/members"}},
        "embeddings": {"type": "array", "items": {"$ref": "#/$defs/embedding"}},
        "gate": {
          "type": "object",
          "description": "what a policy says of the report",
    \#(gateKeys)
        },
        "findings": {"type": "array", "items": {"$ref": "#/$defs/finding"}},
        "gallery": {"type": "array", "items": {"$ref": "#/$defs/picture"}},
        "texts": {"type": "array", "items": {"$ref": "#/$defs/text"}}
      },
      "$defs": {
        "count": {"type": "integer", "minimum": 0},
        "share": {"type": "number", "minimum": 0, "maximum": 1},
        "difference": {"type": "number", "minimum": -1, "maximum": 1},
        "seconds": {"type": "number", "minimum": 0},
        "estimate": {
          "type": "object",
          "required": ["value", "low", "high", "level"],
          "properties": {
            "value": {"$ref": "#/$defs/share"},
            "low": {"$ref": "#/$defs/share"},
            "high": {"$ref": "#/$defs/share"},
            "level": {"$ref": "#/$defs/share"}
          }
        },
        "curve": {
          "type": "object",
          "required": ["variant", "isolation", "norm", "suite", "source", "points", "area"],
          "properties": {
            "variant": {"type": "string"},
            "isolation": {"type": "string"},
            "norm": {"enum": ["linf", "l2", "l1", "l0"]},
            "suite": {"type": "string"},
            "source": {"enum": ["distances", "radii"]},
            "points": {
              "type": "array", "minItems": 2,
              "items": {
                "type": "object",
                "required": ["epsilon", "accuracy"],
                "properties": {
                  "epsilon": {"type": "number", "minimum": 0},
                  "accuracy": {"$ref": "#/$defs/estimate"}
                }
              }
            },
            "area": {"type": "number", "minimum": 0},
            "median_distance": {"type": "number", "minimum": 0}
          }
        },
        "picture": {
          "type": "object",
          "required": ["evaluation", "example", "label", "clean_prediction",
            "adversarial_prediction", "attack", "distance", "magnification", "pictures"],
          "properties": {
            "evaluation": {"type": "string"},
            "example": {"$ref": "#/$defs/count"},
            "label": {"$ref": "#/$defs/count"},
            "clean_prediction": {"$ref": "#/$defs/count"},
            "adversarial_prediction": {"$ref": "#/$defs/count"},
            "attack": {"type": "string"},
            "distance": {"type": "number", "minimum": 0},
            "magnification": {"type": "integer", "minimum": 1},
            "pictures": {
              "type": "object",
              "description": "paths of PNG files below the folder of the run",
              "required": ["clean", "adversarial", "perturbation"],
              "properties": {
                "clean": {"type": "string"},
                "adversarial": {"type": "string"},
                "perturbation": {"type": "string"}
              }
            }
          }
        },
        "text": {
          "type": "object",
          "required": ["evaluation", "example", "label", "clean_prediction",
            "adversarial_prediction", "attack", "clean", "adversarial"],
          "properties": {
            "evaluation": {"type": "string"},
            "example": {"$ref": "#/$defs/count"},
            "label": {"$ref": "#/$defs/count"},
            "clean_prediction": {"$ref": "#/$defs/count"},
            "adversarial_prediction": {"$ref": "#/$defs/count"},
            "attack": {"type": "string"},
            "clean": {"$ref": "#/$defs/spans"},
            "adversarial": {"$ref": "#/$defs/spans"}
          }
        },
        "spans": {
          "type": "array",
          "description": "stretches of a text, whose changed words stand alone",
          "items": {
            "type": "object",
            "required": ["text", "changed"],
            "properties": {"text": {"type": "string"}, "changed": {"type": "boolean"}}
          }
        },
        "median": {
          "type": "object",
          "required": ["median", "low", "high"],
          "properties": {
            "median": {"type": "number", "minimum": 0},
            "low": {"type": "number", "minimum": 0},
            "high": {"type": "number", "minimum": 0}
          }
        },
    \#(gateDefinitions),
    \#(embedding)
    \#(isolation)
    \#(definitions)
      }
    }

    """#
}
