// SPDX-License-Identifier: GPL-3.0-or-later

/// How the series of a plot are told apart: colour is the training, point and dash the compression.
struct SeriesStyle {
  private let trainings: [String]
  private let compressions: [String]

  /// Gives each series, by training and compression, a style of its own.
  init(_ series: [(training: String, compression: String)]) {
    trainings = series.map(\.training)
    compressions = series.map(\.compression)
  }

  /// Titles; nil for another seed of a series that has its title already.
  var titles: [String?] {
    var seen: Set<String> = []
    return zip(trainings, compressions).map { training, compression in
      let title = "\(training), \(compression)"
      return seen.insert(title).inserted ? title : nil
    }
  }

  /// Rows of a legend with these titles.
  var legendRows: Int { Self.legendRows(titles.compactMap(\.self)) }

  /// As few rows as titles fit side by side, in at most four columns.
  static func legendRows(_ titles: [String]) -> Int {
    let longest = titles.map(\.count).max() ?? 0
    // gnuplot reckons with wide letters, and cuts off what does not fit beside the others.
    let columns = min(4, max(1, 98 / (longest + 8)))
    return max(1, (titles.count + columns - 1) / columns)
  }

  func colour(of index: Int) -> String {
    Gnuplot.palette[place(of: index, among: trainings) % Gnuplot.palette.count]
  }

  func shape(of index: Int) -> Int {
    Gnuplot.points[place(of: index, among: compressions) % Gnuplot.points.count]
  }

  func dash(of index: Int) -> Int { place(of: index, among: compressions) % 5 + 1 }

  /// The position of a name among the different names.
  private func place(of index: Int, among names: [String]) -> Int {
    var different: [String] = []
    for name in names where !different.contains(name) { different.append(name) }
    return different.firstIndex(of: names[index]) ?? 0
  }
}
