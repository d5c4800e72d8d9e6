// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// A gnuplot script of the transfer between members: rows are attacked, columns are judged.
struct TransferPlot: Plot {
  /// More cells than this would hold no readable number.
  private static let mostNumbered = 12

  let pathWithoutExtension: String
  let caption: String
  let members: MembersRecord

  /// One for each sharded model and ball.
  static func all(in report: Report) -> [TransferPlot] {
    (report.members ?? []).enumerated().map { index, members in
      TransferPlot(
        pathWithoutExtension: "plots/transfer" + (index == 0 ? "" : "-\(index + 1)"),
        caption: "Transfer between members: \(members.caption)", members: members)
    }
  }

  var script: String {
    """
    \(Gnuplot.opening(height: 640))
    # Each row: the judged one, the one that inputs were made to mislead, share that is still right.
    $cells << EOD
    \(rows.joined(separator: "\n"))
    EOD
    set title \(Gnuplot.quoted(caption))
    set palette defined (0 '#b2182b', 0.5 '#f7f7f7', 1 '#2166ac')
    set cbrange [0:1]
    set cblabel 'Share of all examples that is still right'
    set xrange [-0.5:\(members.names.count).0-0.5]
    set yrange [\(members.names.count).0-0.5:-0.5]
    set xtics (\(tics)) rotate by -30
    set ytics (\(tics))
    set xlabel 'judged'
    set ylabel 'perturbed to mislead'
    set tics scale 0
    unset key
    plot $cells using 1:2:3 with image\(numbers)

    """
  }

  private var rows: [String] {
    members.transfer.enumerated().flatMap { row, values in
      values.enumerated().map { column, value in "\(column) \(row) \(value.fixed(6))" }
    }
  }

  private var tics: String {
    members.names.enumerated().map { "\(Gnuplot.quoted($1)) \($0)" }.joined(separator: ", ")
  }

  private var numbers: String {
    members.names.count <= Self.mostNumbered
      ? ", \\\n  $cells using 1:2:(sprintf('%.2f', $3)) with labels" : ""
  }
}
