// SPDX-License-Identifier: GPL-3.0-or-later

import Synchronization

/// Counts what several workers finish.
final class Counter: Sendable {
  private let value = Atomic(0)

  /// Adds one and returns the new count.
  func increment() -> Int { value.add(1, ordering: .relaxed).newValue }
}
