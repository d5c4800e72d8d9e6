// SPDX-License-Identifier: GPL-3.0-or-later

extension ReportSchema {
  /// What is said of those who see a part of a model, and of the members of a sharded one.
  static let isolation = #"""
        "extraction": {
          "type": "object",
          "required": ["queries", "inputs", "answers_scores", "hidden_share", "fidelity"],
          "properties": {
            "queries": {"$ref": "#/$defs/count"},
            "inputs": {"enum": ["train", "generated", "both"]},
            "answers_scores": {"type": "boolean"},
            "hidden_share": {"$ref": "#/$defs/share"},
            "fidelity": {"$ref": "#/$defs/estimate"}
          }
        },
        "process": {
          "type": "object",
          "description": "one process against another that holds the model, same cores",
          "required": ["walls", "latency_ms", "latency_ms_isolated", "queries_per_second",
            "queries_per_second_isolated"],
          "properties": {
            "walls": {"type": "array", "items": {"type": "string"}},
            "latency_ms": {"$ref": "#/$defs/median"},
            "latency_ms_isolated": {"$ref": "#/$defs/median"},
            "queries_per_second": {"type": "number", "minimum": 0},
            "queries_per_second_isolated": {"type": "number", "minimum": 0}
          }
        },
        "ladder": {
          "type": "object",
          "required": ["variant", "norm", "epsilon", "rungs", "statement"],
          "properties": {
            "variant": {"type": "string"},
            "norm": {"enum": ["linf", "l2", "l1", "l0"]},
            "epsilon": {"type": "string"},
            "rungs": {
              "type": "array", "minItems": 2,
              "items": {
                "type": "object",
                "required": ["evaluation", "isolation", "knowledge", "robust_accuracy", "queries"],
                "properties": {
                  "evaluation": {"type": "string"},
                  "isolation": {"type": "string"},
                  "knowledge": {"enum": ["white-box", "partial", "scores", "label"]},
                  "robust_accuracy": {"$ref": "#/$defs/estimate"},
                  "difference": {"$ref": "#/$defs/comparison"},
                  "queries": {"$ref": "#/$defs/count"}
                }
              }
            },
            "statement": {"type": "string"},
            "warning": {"type": "string"}
          }
        },
        "members": {
          "type": "object",
          "required": ["variant", "norm", "epsilon", "attack", "examples", "names",
            "clean_accuracy", "transfer"],
          "properties": {
            "variant": {"type": "string"},
            "norm": {"enum": ["linf", "l2", "l1", "l0"]},
            "epsilon": {"type": "string"},
            "attack": {"type": "string"},
            "examples": {"type": "integer", "minimum": 1},
            "names": {"type": "array", "items": {"type": "string"}},
            "clean_accuracy": {"type": "array", "items": {"$ref": "#/$defs/share"}},
            "transfer": {
              "type": "array",
              "items": {"type": "array", "items": {"$ref": "#/$defs/share"}}
            },
            "poisoning": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["changes", "certified_accuracy"],
                "properties": {
                  "changes": {"$ref": "#/$defs/count"},
                  "certified_accuracy": {"$ref": "#/$defs/estimate"}
                }
              }
            }
          }
        },
    """#
}
