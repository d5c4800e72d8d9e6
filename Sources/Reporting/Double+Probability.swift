// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension Double {
  /// Writes a p-value with four decimals; what would print as zero prints as `< 0.0001`.
  package var probabilityText: String {
    self < 0.0001 ? "< 0.0001" : fixed(4)
  }
}
