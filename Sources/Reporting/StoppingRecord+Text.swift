// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension StoppingRecord {
  /// What a reader must know of a run that may have stopped early.
  var text: String {
    "The run attacked examples in random order until a policy was decided, and saw \(examplesSeen) of "
      + "\(examplesAvailable): intervals and p-values hold at any stopping time, and are wider and "
      + "larger than exact ones."
  }
}
