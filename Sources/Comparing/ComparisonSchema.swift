// SPDX-License-Identifier: GPL-3.0-or-later

public import Reporting

/// The JSON Schema of a comparison's JSON form, for programs that read it.
///
/// It is open: a later version may add keys without a new schema number.
public enum ComparisonSchema {
  /// The schema as a file, `comparison.schema.json`.
  public static var file: RenderedFile { RenderedFile(path: "comparison.schema.json", text: text) }

  /// The schema, after JSON Schema draft 2020-12.
  public static let text = #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "robust-eval-comparison-1",
      "title": "Comparison of two reports of robust-eval, schema 1",
      "type": "object",
      "required": ["schema", "base", "head", "dataset", "level", "margin", "models", "methods",
        "only_base", "only_head", "environment"],
      "properties": {
        "schema": {"const": 1},
        "base": {"$ref": "#/$defs/side"},
        "head": {"$ref": "#/$defs/side"},
        "dataset": {"type": "string"},
        "level": {"$ref": "#/$defs/share"},
        "margin": {"$ref": "#/$defs/share"},
        "models": {"type": "array", "items": {"$ref": "#/$defs/model"}},
        "methods": {"type": "array", "items": {"$ref": "#/$defs/method"}},
        "only_base": {"type": "array", "items": {"type": "string"}},
        "only_head": {"type": "array", "items": {"type": "string"}},
        "environment": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["what", "base", "head"],
            "properties": {
              "what": {"type": "string"},
              "base": {"type": "string"},
              "head": {"type": "string"}
            }
          }
        }
      },
      "$defs": {
        "count": {"type": "integer", "minimum": 0},
        "share": {"type": "number", "minimum": 0, "maximum": 1},
        "difference": {"type": "number", "minimum": -1, "maximum": 1},
        "quantity": {"enum": ["clean", "robust", "certified"]},
        "answer": {"enum": ["better", "worse", "no-difference", "cannot-tell"]},
        "seeds": {"type": "array", "items": {"$ref": "#/$defs/count"}},
        "side": {
          "type": "object",
          "required": ["file", "created", "command", "version"],
          "properties": {
            "file": {"type": "string"},
            "created": {"type": "string"},
            "command": {"type": "string"},
            "version": {"type": "string"}
          }
        },
        "model": {
          "type": "object",
          "required": ["quantity", "method", "seed", "attacker", "base", "head", "paired",
            "base_examples", "head_examples", "base_accuracy", "head_accuracy", "difference", "low",
            "high", "p_exact", "p_holm", "answer"],
          "properties": {
            "quantity": {"$ref": "#/$defs/quantity"},
            "method": {"type": "string"},
            "seed": {"$ref": "#/$defs/count"},
            "attacker": {"type": "string", "description": "empty for clean accuracy"},
            "base": {"type": "string"},
            "head": {"type": "string"},
            "paired": {"type": "boolean"},
            "base_examples": {"$ref": "#/$defs/count"},
            "head_examples": {"$ref": "#/$defs/count"},
            "base_accuracy": {"$ref": "#/$defs/share"},
            "head_accuracy": {"$ref": "#/$defs/share"},
            "lost": {"$ref": "#/$defs/count"},
            "won": {"$ref": "#/$defs/count"},
            "difference": {"$ref": "#/$defs/difference"},
            "low": {"$ref": "#/$defs/difference"},
            "high": {"$ref": "#/$defs/difference"},
            "p_exact": {"$ref": "#/$defs/share"},
            "p_mid": {"$ref": "#/$defs/share"},
            "p_holm": {"$ref": "#/$defs/share"},
            "answer": {"$ref": "#/$defs/answer"},
            "examples_needed": {"$ref": "#/$defs/count"},
            "note": {"type": "string"}
          }
        },
        "method": {
          "type": "object",
          "required": ["quantity", "method", "attacker", "base_seeds", "head_seeds",
            "paired_by_seed", "paired", "examples", "base_accuracy", "head_accuracy", "answer"],
          "properties": {
            "quantity": {"$ref": "#/$defs/quantity"},
            "method": {"type": "string"},
            "attacker": {"type": "string", "description": "empty for clean accuracy"},
            "base_seeds": {"$ref": "#/$defs/seeds"},
            "head_seeds": {"$ref": "#/$defs/seeds"},
            "paired_by_seed": {"type": "boolean"},
            "paired": {"type": "boolean"},
            "examples": {"$ref": "#/$defs/count"},
            "base_accuracy": {"$ref": "#/$defs/share"},
            "head_accuracy": {"$ref": "#/$defs/share"},
            "estimate": {
              "type": "object",
              "required": ["difference", "low", "high", "example_error", "seed_error",
                "degrees_of_freedom", "p", "p_holm"],
              "properties": {
                "difference": {"$ref": "#/$defs/difference"},
                "low": {"type": "number"},
                "high": {"type": "number"},
                "example_error": {"type": "number", "minimum": 0},
                "seed_error": {"type": "number", "minimum": 0},
                "degrees_of_freedom": {"type": "number", "minimum": 0},
                "p": {"$ref": "#/$defs/share"},
                "p_holm": {"$ref": "#/$defs/share"}
              }
            },
            "answer": {"$ref": "#/$defs/answer"},
            "seeds_needed": {"$ref": "#/$defs/count"},
            "note": {"type": "string"}
          }
        }
      }
    }

    """#
}
