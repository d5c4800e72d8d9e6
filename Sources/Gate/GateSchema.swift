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
    \#(ReportSchema.gateKeys),
      "$defs": {
    \#(ReportSchema.gateDefinitions)
      }
    }

    """#
}
