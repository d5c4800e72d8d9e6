// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
public import Testing

extension Tag {
  /// A promise that every member of a catalog keeps.
  @Tag public static var law: Self
  /// A published number, reproduced.
  @Tag public static var paper: Self
  /// A text held against a file under `Snapshots/`.
  @Tag public static var golden: Self
}

/// Holds a text against `Snapshots/<name>` beside the calling test.
///
/// With `RECORD_GOLDEN=1` in the environment the file is written, and the expectation still fails,
/// so that nobody records by accident.
public func expectGolden(
  _ text: String, named name: String, file: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let snapshot = URL(fileURLWithPath: file).deletingLastPathComponent()
    .appendingPathComponent("Snapshots").appendingPathComponent(name)
  if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
    try Data(text.utf8).write(to: snapshot, options: .atomic)
    Issue.record("recorded \(name); review the difference", sourceLocation: sourceLocation)
    return
  }
  guard let stored = try? String(contentsOf: snapshot, encoding: .utf8) else {
    Issue.record(
      "no snapshot \(name); record it with RECORD_GOLDEN=1", sourceLocation: sourceLocation)
    return
  }
  guard stored != text else { return }
  let expected = stored.split(separator: "\n", omittingEmptySubsequences: false)
  let found = text.split(separator: "\n", omittingEmptySubsequences: false)
  for line in 0..<max(expected.count, found.count) {
    let want = line < expected.count ? String(expected[line]) : "(end)"
    let have = line < found.count ? String(found[line]) : "(end)"
    if want != have {
      Issue.record(
        "\(name):\(line + 1)\n  stored: \(want)\n  found:  \(have)", sourceLocation: sourceLocation)
      return
    }
  }
}
