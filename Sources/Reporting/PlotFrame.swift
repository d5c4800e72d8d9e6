// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// How a plot is laid out: titles above, the plot, and below it a legend that takes the room it needs.
struct PlotFrame {
  private static let titles = 94.0
  private static let least = 302.0
  private static let axis = 61.0
  private static let row = 20.0
  private static let rim = 12.0

  /// Rows of the legend; at least one.
  let legendRows: Int

  /// gnuplot makes no legend higher than its plot.
  private var plot: Double { max(Self.least, Double(legendRows + 1) * 1.2 * Self.row) }

  private var legend: Double { Double(legendRows) * Self.row + Self.rim }

  /// The height of the whole picture, in pixels of a picture 1000 wide.
  var height: Int { Int(Self.titles + plot + Self.axis + legend) }

  /// The line that sets the margins above and below the plot.
  var margins: String {
    """
    set tmargin at screen \(screen(plot + Self.axis + legend))
    set bmargin at screen \(screen(Self.axis + legend))
    """
  }

  /// Where the legend's upper edge lies.
  var key: String {
    "set key at screen 0.5,\(screen(legend)) center top Left reverse maxrows \(legendRows)"
  }

  /// The heading and, in grey, what is said of its bars.
  func labels(_ caption: String, _ note: String) -> String {
    """
    set label 1 \(Gnuplot.quoted(Self.heading(caption))) at screen 0.5,\(screen(Double(height) - 17)) center
    set label 2 \(Gnuplot.quoted(note)) at screen 0.5,\(screen(Double(height) - 39)) center \\
      textcolor rgb '#444444'
    """
  }

  /// As much of a caption as a picture is wide; the whole of it stands beside the picture.
  private static func heading(_ caption: String) -> String {
    let most = 110
    guard caption.count > most else { return caption }
    let start = caption.prefix(most)
    let end = start.lastIndex(of: ",") ?? start.endIndex
    return "\(start[..<end]), …"
  }

  private func screen(_ fromBelow: Double) -> String { (fromBelow / Double(height)).fixed(4) }
}
