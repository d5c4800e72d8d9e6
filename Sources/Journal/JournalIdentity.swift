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
  func difference(from other: JournalIdentity) -> (own: String, other: String)? {
    var own = description.split(separator: "\n")[...]
    var others = other.description.split(separator: "\n")[...]
    while let line = own.first, line == others.first {
      own = own.dropFirst()
      others = others.dropFirst()
    }
    guard own.first != others.first else { return nil }
    return (own.first.map(String.init) ?? "nothing", others.first.map(String.init) ?? "nothing")
  }
}
