// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Synchronization

/// What a search tried, in order.
final class SearchTrace: Sendable {
  private let found = Mutex<[TrialRecord]>([])

  /// Everything so far.
  var trials: [TrialRecord] { found.withLock { $0 } }

  /// Adds one trial.
  func append(_ trial: TrialRecord) { found.withLock { $0.append(trial) } }
}
