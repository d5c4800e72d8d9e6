// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Testing

/// Keys as other programs rely on them: written out by hand, not taken from the code.
@Suite("Report layout", .timeLimit(.minutes(15)))
struct ReportLayoutTests {
  private let text = """
    {"schema": 1, "tool": {"name": "robust-eval", "version": "0.1", "commit": "abc"},
     "created": "2024-01-02T03:04:05Z", "command": "robust-eval", "seed": 18446744073709551615,
     "environment": {"os": "o", "cpu": "c", "cores": 2, "device": "cpu", "libraries": {"gsl": "2.7"}},
     "dataset": {"name": "shapes", "sha256": "00", "examples": 40, "classes": 2,
       "class_names": ["x", "y"], "input_shape": [1, 8, 8], "input_range": [0, 1]},
     "experiment": {"sparsity": [0.5]},
     "variants": [{"id": "v", "parent": "p", "architecture": "cnn", "training": "standard",
       "compression": "magnitude", "seed": 0, "sparsity": {"requested": 0.5, "achieved": 0.51},
       "parameters": 10, "nonzero_parameters": 5, "macs": 50, "dense_macs": 100,
       "packed_bytes": 30, "dense_bytes": 40, "latency_ms": {"median": 1, "low": 0.5, "high": 2},
       "latency_batch64_ms": {"median": 9, "low": 8, "high": 10}, "sha256": "ff", "seconds": 3.5,
       "stage_seconds": {"train": 3.5}}],
     "evaluations": [{"id": "e", "variant": "v", "isolation": "none",
       "threat": {"norm": "linf", "epsilon": "8/255", "knowledge": "white-box", "query_budget": 9},
       "suite": "quick", "examples": 4,
       "clean_accuracy": {"value": 0.75, "low": 0.1, "high": 0.9, "level": 0.95},
       "robust_accuracy": {"value": 0.5, "low": 0.1, "high": 0.9, "level": 0.95},
       "certified_accuracy": {"value": 0.25, "low": 0.1, "high": 0.9, "level": 0.95},
       "attacks": [{"name": "pgd", "parameters": {"steps": 20}, "robust_accuracy": 0.5, "low": 0.1,
         "high": 0.9, "attacked": 3, "broken": 1, "gradients": 60, "queries": 63,
         "median_distance": 0.03, "seconds": 1.5}],
       "flags": [{"check": "noise", "severity": "blocking", "value": 1, "threshold": 0.5,
         "message": "m"}],
       "verdicts": {"examples": [[0, 2], [7, 7]], "clean": "4A==", "robust": "oA==",
         "certified": "gA=="}}],
     "labels": {"examples": [[0, 2], [7, 7]], "width": 1, "classes": "AAEBAA=="},
     "comparisons": [{"base": "d", "head": "e", "kind": "robust", "b": 3, "c": 1, "b_attacked": 2, "c_attacked": 0, "n": 40,
       "difference": -0.05, "low": -0.1, "high": 0.05, "level": 0.95, "p_exact": 0.625, "p_mid": 0.375,
       "p_holm": 1}],
     "findings": [{"claim": "q", "verdict": "undecided", "base": "d", "head": "e", "statement": "s",
       "evidence": "t"}]}
    """

  @Test("Every key reads, and writes back under the same name")
  func roundTrip() throws {
    let report = try CanonicalJSON.value(Report.self, from: text)
    let read = try CanonicalJSON.value(JSONValue.self, from: text)
    let written = try CanonicalJSON.value(JSONValue.self, from: CanonicalJSON.text(report))
    #expect(written == read)
    #expect(report.evaluations.first?.threat.epsilon.text == "8/255")
    #expect(report.variants.first?.latency?.low == 0.5)
  }

  @Test(
    "What is not known may be left out",
    arguments: [
      #", "commit": "abc""#, #""sha256": "00", "#, #""parent": "p", "#,
      #""median_distance": 0.03, "#,
      #", "query_budget": 9"#,
    ])
  func optionalKeys(piece: String) throws {
    let shorter = text.replacing(piece, with: "", maxReplacements: 1)
    #expect(shorter != text)
    let report = try CanonicalJSON.value(Report.self, from: shorter)
    #expect(try CanonicalJSON.value(Report.self, from: CanonicalJSON.text(report)) == report)
  }

  @Test("A missing main key is an error", arguments: ["p_holm", "robust_accuracy", "achieved"])
  func missingKey(key: String) {
    #expect(throws: DecodingError.self) {
      try CanonicalJSON.value(Report.self, from: text.replacing("\"\(key)\"", with: "\"other\""))
    }
  }
}
