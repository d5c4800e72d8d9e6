// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

/// The library behind every draw and every statistic.
public enum GSLLibrary {
  /// The version that the program was built against.
  public static let version = GSL_VERSION
}
