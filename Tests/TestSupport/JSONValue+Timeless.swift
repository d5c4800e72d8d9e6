// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

extension JSONValue {
  /// The value without any measured or told time; runs of one experiment differ in nothing else.
  public var timeless: JSONValue {
    switch self {
    case .object(let members):
      .object(
        members.filter {
          !["seconds", "stage_seconds", "passes_per_second", "pace", "created"].contains($0.key)
        }
        .filter { member in
          !["latency", "speedup", "queries_per_second"].contains { member.key.hasPrefix($0) }
        }
        .mapValues(\.timeless))
    case .array(let values): .array(values.map(\.timeless))
    default: self
    }
  }
}
