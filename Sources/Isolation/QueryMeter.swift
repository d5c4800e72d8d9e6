// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Synchronization

/// Counts queries on the side that answers them, and holds answers back where they come too fast.
final class QueryMeter: Sendable {
  private struct State {
    var spent = 0
    /// When the answers so far may all be out.
    var due: Double?
  }

  private let budget: Int?
  private let rate: Double?
  private let state = Mutex(State())

  init(budget: Int?, rate: Double?) {
    self.budget = budget
    self.rate = rate
  }

  /// The inputs that were answered.
  var spent: Int { state.withLock { $0.spent } }

  /// Pays for a batch, whole or not at all.
  ///
  /// - Returns: The time before which it must not be answered, or nil.
  /// - Throws: ``IsolationError`` with code `budgetSpent`.
  func charge(_ count: Int, now: Double) throws(IsolationError) -> Double? {
    let due: Double?? = state.withLock { state in
      if let budget, count > budget - state.spent { return .none }
      state.spent += count
      guard let rate else { return .some(nil) }
      let due = max(state.due ?? now, now) + Double(count) / rate
      state.due = due
      return .some(due)
    }
    guard let due else {
      throw IsolationError(
        .budgetSpent, detail: "\(spent) of \(budget ?? 0) queries are spent, \(count) more asked")
    }
    return due
  }

  /// Waits until a point in time.
  static func wait(until due: Double) {
    var time = timespec(
      tv_sec: Int(due), tv_nsec: Int((due - due.rounded(.down)) * 1e9))
    while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
  }
}
