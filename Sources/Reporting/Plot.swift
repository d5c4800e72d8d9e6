// SPDX-License-Identifier: GPL-3.0-or-later

/// A picture that gnuplot draws.
protocol Plot {
  /// Its place in the run's folder.
  var pathWithoutExtension: String { get }
  /// What is to be seen.
  var caption: String { get }
  /// The script; it draws to standard output, or `format` (`svg` or `png`) set before says how.
  var script: String { get }
}
