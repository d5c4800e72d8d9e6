// SPDX-License-Identifier: GPL-3.0-or-later

extension ReportSchema {
  /// What is said of a model whose vectors of words were moved.
  static let embedding = #"""
        "embedding": {
          "type": "object",
          "description": "not a text attack: no text has the moved vectors",
          "required": ["variant", "text_attack", "mean_length", "steps", "gradients", "examples",
            "clean_accuracy", "points"],
          "properties": {
            "variant": {"type": "string"},
            "text_attack": {"const": false},
            "mean_length": {"type": "number", "minimum": 0},
            "steps": {"type": "integer", "minimum": 1},
            "gradients": {"$ref": "#/$defs/count"},
            "examples": {"type": "integer", "minimum": 1},
            "clean_accuracy": {"$ref": "#/$defs/estimate"},
            "points": {
              "type": "array", "minItems": 1,
              "items": {
                "type": "object",
                "required": ["share", "radius", "accuracy"],
                "properties": {
                  "share": {"type": "string"},
                  "radius": {"type": "number", "minimum": 0},
                  "accuracy": {"$ref": "#/$defs/estimate"}
                }
              }
            }
          }
        },
    """#
}
