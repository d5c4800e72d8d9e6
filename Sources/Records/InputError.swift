// SPDX-License-Identifier: GPL-3.0-or-later

/// An error whose cause lies outside the program: a file, a flag, a model or data.
///
/// It carries facts; the command alone turns them into a sentence.
public protocol InputError: Error, Sendable {
  /// Which input: a path, a flag or a key.
  var subject: String { get }
  /// What was found and what was expected.
  var detail: String { get }
  /// What the user can do about it.
  var remedy: String { get }
}
