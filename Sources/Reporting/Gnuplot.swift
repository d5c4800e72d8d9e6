// SPDX-License-Identifier: GPL-3.0-or-later

/// What every plot's script shares.
enum Gnuplot {
  /// Colours that colour-blind people can tell apart.
  ///
  /// > Source: Okabe and Ito, "Color Universal Design", 2008, without yellow, which is too light for
  /// > lines on white.
  static let palette = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000",
  ]
  /// Shapes of points that differ without colour.
  static let points = [7, 5, 9, 11, 13, 4, 6, 8]

  /// The first lines: `format` (`svg` or `png`), set before, says how to draw to standard output.
  static func opening(height: Int) -> String {
    """
    # Draw with: gnuplot -e "format='png'" NAME.gp > NAME.png
    if (!exists("format")) format = 'svg'
    set encoding utf8
    if (format eq 'png') \\
      set terminal pngcairo size 1600,\(height * 8 / 5) font 'Sans,11' fontscale 1.6 linewidth 1.6 \
    pointscale 1.5 \\
        noenhanced
    if (format eq 'svg') \\
      set terminal svg size 1000,\(height) dynamic font 'Sans,14' linewidth 1.2 background '#ffffff' \\
        noenhanced
    """
  }

  /// A text for gnuplot in single quotes, inside which nothing is run or replaced.
  ///
  /// Quotes and backticks in it become typographic ones: gnuplot misreads a doubled quote right
  /// after the opening one, and would then run what stands in backticks.
  static func quoted(_ text: String) -> String {
    let line = text.unicodeScalars.map { scalar in
      switch scalar {
      case "'": "’"
      case "`": "‘"
      case _ where scalar.properties.generalCategory == .control: " "
      default: String(scalar)
      }
    }
    return "'" + line.joined() + "'"
  }
}
