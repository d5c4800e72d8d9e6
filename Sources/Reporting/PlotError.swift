// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// A plot could not be drawn.
public struct PlotError: InputError, Hashable {
  /// Why.
  public enum Code: String, Sendable, CaseIterable {
    /// gnuplot is not installed, or cannot be started.
    case toolMissing
    /// gnuplot ran and failed.
    case toolFailed
  }

  /// Why.
  public let code: Code
  /// The program or the script.
  public let subject: String
  /// What it said.
  public let detail: String
  /// What the user can do about it.
  public let remedy: String
}
