// SPDX-License-Identifier: GPL-3.0-or-later

/// Thrown by an engine that stopped because it was asked to, with all finished work on the disk.
public struct Interruption: Error, Hashable {
  /// Creates the error.
  public init() {}
}
