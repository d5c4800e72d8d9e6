// SPDX-License-Identifier: GPL-3.0-or-later

extension ReportSchema {
  /// The parts that variants, evaluations and what is found in them are made of.
  static let definitions = #"""
        "variant": {
          "type": "object",
          "required": ["id", "architecture", "training", "compression", "seed", "sparsity",
            "parameters", "nonzero_parameters", "macs", "dense_macs", "packed_bytes",
            "dense_bytes", "sha256", "seconds", "stage_seconds"],
          "properties": {
            "id": {"type": "string"},
            "parent": {"type": "string"},
            "architecture": {"type": "string"},
            "training": {"type": "string"},
            "compression": {"type": "string"},
            "seed": {"$ref": "#/$defs/count"},
            "sparsity": {
              "type": "object",
              "required": ["requested", "achieved"],
              "properties": {
                "requested": {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
                "achieved": {"$ref": "#/$defs/share"}
              }
            },
            "parameters": {"$ref": "#/$defs/count"},
            "nonzero_parameters": {"$ref": "#/$defs/count"},
            "macs": {"$ref": "#/$defs/count"},
            "dense_macs": {"$ref": "#/$defs/count"},
            "packed_bytes": {"$ref": "#/$defs/count"},
            "dense_bytes": {"$ref": "#/$defs/count"},
            "latency_ms": {"$ref": "#/$defs/median"},
            "latency_batch64_ms": {"$ref": "#/$defs/median"},
            "speedup": {"$ref": "#/$defs/median"},
            "speedup_batch64": {"$ref": "#/$defs/median"},
            "passes_per_second": {
              "type": "object",
              "description": "on one core, in the tiles of attacks; gradients with their queries",
              "required": ["queries", "gradients"],
              "properties": {
                "queries": {"type": "number", "minimum": 0},
                "gradients": {"type": "number", "minimum": 0}
              }
            },
            "kernels": {"enum": ["simulated", "integer"]},
            "integer_kernels": {
              "type": "object",
              "description": "a quantised model run by kernels for integers, beside its simulation",
              "required": ["engine", "layers", "multiplying_layers", "examples", "agreeing"],
              "properties": {
                "engine": {"type": "string"},
                "layers": {"$ref": "#/$defs/count"},
                "multiplying_layers": {"$ref": "#/$defs/count"},
                "examples": {"$ref": "#/$defs/count"},
                "agreeing": {"$ref": "#/$defs/count"},
                "attacked_examples": {"$ref": "#/$defs/count"},
                "attacked_agreeing": {"$ref": "#/$defs/count"}
              }
            },
            "search": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/trial"}},
            "sha256": {"type": "string"},
            "seconds": {"$ref": "#/$defs/seconds"},
            "stage_seconds": {
              "type": "object", "additionalProperties": {"$ref": "#/$defs/seconds"}
            }
          }
        },
        "trial": {
          "type": "object",
          "description": "one candidate in one round of a search over structures",
          "required": ["candidate", "round", "epochs", "parameters", "macs", "clean_accuracy",
            "robust_accuracy"],
          "properties": {
            "candidate": {"$ref": "#/$defs/count"},
            "round": {"$ref": "#/$defs/count"},
            "epochs": {"type": "number", "minimum": 0},
            "parameters": {"$ref": "#/$defs/count"},
            "macs": {"$ref": "#/$defs/count"},
            "clean_accuracy": {"$ref": "#/$defs/share"},
            "robust_accuracy": {"$ref": "#/$defs/share"}
          }
        },
        "threat": {
          "type": "object",
          "required": ["norm", "epsilon", "knowledge"],
          "properties": {
            "norm": {"enum": ["linf", "l2", "l1", "l0"]},
            "epsilon": {"type": "string", "description": "as written, such as 8/255"},
            "knowledge": {"enum": ["white-box", "partial", "scores", "label"]},
            "query_budget": {"$ref": "#/$defs/count"},
            "constraints": {"type": "array", "items": {"type": "string"}}
          }
        },
        "evaluation": {
          "type": "object",
          "required": ["id", "variant", "isolation", "threat", "suite", "examples",
            "clean_accuracy", "robust_accuracy", "attacks", "flags"],
          "properties": {
            "id": {"type": "string"},
            "variant": {"type": "string"},
            "isolation": {"type": "string"},
            "threat": {"$ref": "#/$defs/threat"},
            "suite": {"type": "string"},
            "examples": {"type": "integer", "minimum": 1},
            "clean_accuracy": {"$ref": "#/$defs/estimate"},
            "robust_accuracy": {"$ref": "#/$defs/estimate"},
            "certified_accuracy": {"$ref": "#/$defs/estimate"},
            "mean_accuracy": {"$ref": "#/$defs/share"},
            "attacks": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/attack"}},
            "flags": {"type": "array", "items": {"$ref": "#/$defs/flag"}},
            "checks": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["check", "value", "threshold", "sample", "message"],
                "properties": {
                  "check": {"type": "string"},
                  "value": {"type": "number"},
                  "threshold": {"type": "number"},
                  "sample": {"$ref": "#/$defs/count"},
                  "severity": {"enum": ["note", "warning", "blocking"]},
                  "message": {"type": "string"}
                }
              }
            },
            "verdicts": {"$ref": "#/$defs/verdicts"},
            "extraction": {"$ref": "#/$defs/extraction"},
            "process": {"$ref": "#/$defs/process"},
            "query_curve": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["queries", "robust_accuracy"],
                "properties": {
                  "queries": {"$ref": "#/$defs/count"},
                  "robust_accuracy": {"$ref": "#/$defs/share"}
                }
              }
            }
          }
        },
        "ranges": {
          "type": "array",
          "description": "rising pairs [first, last] of example indices, both included",
          "items": {
            "type": "array", "items": {"$ref": "#/$defs/count"}, "minItems": 2, "maxItems": 2
          }
        },
        "verdicts": {
          "type": "object",
          "description": "base64 of one bit per example, the first in the highest bit",
          "required": ["examples", "clean", "robust"],
          "properties": {
            "examples": {"$ref": "#/$defs/ranges"},
            "clean": {"type": "string"},
            "robust": {"type": "string"},
            "certified": {"type": "string"}
          }
        },
        "labels": {
          "type": "object",
          "description": "classes: base64 of unsigned numbers, width bytes each, low byte first",
          "required": ["examples", "width", "classes"],
          "properties": {
            "examples": {"$ref": "#/$defs/ranges"},
            "width": {"enum": [1, 2, 4]},
            "classes": {"type": "string"}
          }
        },
        "attack": {
          "type": "object",
          "required": ["name", "parameters", "robust_accuracy", "low", "high", "attacked",
            "broken", "gradients", "queries", "seconds"],
          "properties": {
            "name": {"type": "string"},
            "parameters": {"type": "object", "additionalProperties": {}},
            "own_accuracy": {"$ref": "#/$defs/estimate"},
            "robust_accuracy": {"$ref": "#/$defs/share"},
            "low": {"$ref": "#/$defs/share"},
            "high": {"$ref": "#/$defs/share"},
            "attacked": {"$ref": "#/$defs/count"},
            "broken": {"$ref": "#/$defs/count"},
            "gradients": {"$ref": "#/$defs/count"},
            "queries": {"$ref": "#/$defs/count"},
            "median_distance": {"type": "number", "minimum": 0},
            "seconds": {"$ref": "#/$defs/seconds"}
          }
        },
        "flag": {
          "type": "object",
          "required": ["check", "severity", "value", "threshold", "message"],
          "properties": {
            "check": {"type": "string"},
            "severity": {"enum": ["note", "warning", "blocking"]},
            "value": {"type": "number"},
            "threshold": {"type": "number"},
            "message": {"type": "string"}
          }
        },
        "comparison": {
          "type": "object",
          "required": ["base", "head", "kind", "b", "c", "n", "difference", "low", "high",
            "level", "p_exact", "p_mid", "p_holm"],
          "properties": {
            "base": {"type": "string"},
            "head": {"type": "string"},
            "kind": {"enum": ["clean", "robust"]},
            "b": {"$ref": "#/$defs/count"},
            "c": {"$ref": "#/$defs/count"},
            "b_attacked": {"$ref": "#/$defs/count"},
            "c_attacked": {"$ref": "#/$defs/count"},
            "n": {"type": "integer", "minimum": 1},
            "difference": {"$ref": "#/$defs/difference"},
            "low": {"$ref": "#/$defs/difference"},
            "high": {"$ref": "#/$defs/difference"},
            "level": {"$ref": "#/$defs/share"},
            "p_exact": {"$ref": "#/$defs/share"},
            "p_mid": {"$ref": "#/$defs/share"},
            "p_holm": {"$ref": "#/$defs/share"}
          }
        },
        "finding": {
          "type": "object",
          "required": ["claim", "verdict", "base", "head", "statement", "evidence"],
          "properties": {
            "claim": {"type": "string"},
            "verdict": {"enum": ["better", "worse", "undecided"]},
            "base": {"type": "string"},
            "head": {"type": "string"},
            "statement": {"type": "string"},
            "evidence": {"type": "string"}
          }
        }
    """#
}
