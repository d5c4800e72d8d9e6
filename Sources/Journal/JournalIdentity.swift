// SPDX-License-Identifier: GPL-3.0-or-later

/// Which experiment a journal belongs to.
///
/// Identities with equal digests are the same; the description serves only to say what differs.
public struct JournalIdentity: Sendable, Hashable {
  /// A hash over everything that can change a digit of the result.
  public let digest: String
  /// The experiment as text, a setting on each line.
  public let description: String

  /// Creates an identity.
  public init(digest: String, description: String) {
    self.digest = digest
    self.description = description
  }

  /// The first line in which two descriptions differ, on either side; nil if they are equal.
  ///
  /// A setting that was not made has no line, so that lines are compared by their keys.
  func difference(from other: JournalIdentity) -> (own: String, other: String)? {
    let (own, others) = (Self.lines(of: description), Self.lines(of: other.description))
    for (key, line) in own {
      let counterpart = others.first { $0.key == key }?.line
      if line != counterpart { return (line, counterpart ?? "nothing") }
    }
    return others.first { added in !own.contains { $0.key == added.key } }
      .map { ("nothing", $0.line) }
  }

  private static func lines(of description: String) -> [(key: Substring, line: String)] {
    description.split(separator: "\n").map { line in
      (line.firstIndex(of: ":").map { line[..<$0] } ?? line, String(line))
    }
  }
}
