// SPDX-License-Identifier: GPL-3.0-or-later

/// The choices that nothing beats in cost and worth at once.
enum TradeOffFront {
  /// Which points no other point beats: by being at least as good in both and better in one.
  ///
  /// - Parameter points: What each choice costs and what it is worth.
  /// - Returns: Indices by rising cost; of equal points all or none.
  static func indices(_ points: [(cost: Double, worth: Double)]) -> [Int] {
    let order = points.indices.sorted {
      (points[$0].cost, -points[$0].worth, $0) < (points[$1].cost, -points[$1].worth, $1)
    }
    var front: [Int] = []
    for index in order {
      guard let last = front.last.map({ points[$0] }) else {
        front.append(index)
        continue
      }
      let isEqual = last.cost == points[index].cost && last.worth == points[index].worth
      if isEqual || points[index].worth > last.worth { front.append(index) }
    }
    return front
  }
}
