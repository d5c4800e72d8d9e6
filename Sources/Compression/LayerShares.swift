// SPDX-License-Identifier: GPL-3.0-or-later

/// How many weights stay in each layer.
enum LayerShares {
  /// The least part of `count` that is at least the share.
  ///
  /// 0.07 · 100 is a hair above 7 in double precision, yet 7 of 100 are the share 0.07.
  static func leastCount(of count: Int, forShare share: Double) -> Int {
    var least = Int((Double(count) * share).rounded(.up))
    while least > 0, Double(least - 1) / Double(count) >= share { least -= 1 }
    while least < count, Double(least) / Double(count) < share { least += 1 }
    return least
  }

  /// Shares a number of weights among layers by the Erdős-Rényi kernel rule.
  ///
  /// A layer's density is proportional to the sum of its dimensions over their product, so it keeps
  /// weights in proportion to that sum; a layer that would keep more than it has stays dense. Parts
  /// of a weight go to the layers with the largest remainders, of equal ones to the earlier.
  ///
  /// - Parameters:
  ///   - kept: The weights to keep, at most all of them.
  ///   - shapes: The shape of each layer, `[out, in]` or `[out, in, height, width]`.
  /// - Returns: A count for each layer; their sum is `kept`.
  ///
  /// > Source: Evci et al. "Rigging the Lottery: Making All Tickets Winners." ICML 2020,
  /// > [arXiv:1911.11134](https://arxiv.org/abs/1911.11134), section 3, part 1.
  static func erdosRenyiKernel(keeping kept: Int, of shapes: [[Int]]) -> [Int] {
    let counts = shapes.map { $0.reduce(1, *) }
    precondition(kept <= counts.reduce(0, +), "\(kept) of \(counts)")
    let sides = shapes.map { Double($0.reduce(0, +)) }
    var isDense = shapes.map { _ in false }
    var scale = 0.0
    var hasChanged = true
    while hasChanged {
      let open = shapes.indices.filter { !isDense[$0] }
      let left = shapes.indices.reduce(kept) { isDense[$1] ? $0 - counts[$1] : $0 }
      scale = Double(left) / max(1, open.reduce(0) { $0 + sides[$1] })
      let full = open.filter { scale * sides[$0] >= Double(counts[$0]) }
      for layer in full { isDense[layer] = true }
      hasChanged = !full.isEmpty
    }
    let exact = shapes.indices.map { isDense[$0] ? Double(counts[$0]) : scale * sides[$0] }
    return rounded(exact, to: kept, within: counts)
  }

  /// Whole numbers of a given sum next to given ones, by largest remainders.
  private static func rounded(_ exact: [Double], to sum: Int, within most: [Int]) -> [Int] {
    var whole = zip(exact, most).map { min(Int($0.rounded(.down)), $1) }
    let byRemainder = exact.indices.sorted { first, second in
      let (one, other) = (
        exact[first] - Double(whole[first]), exact[second] - Double(whole[second])
      )
      return one == other ? first < second : one > other
    }
    // A second turn only where rounding errors add up to more than a layer's part.
    var missing = sum - whole.reduce(0, +)
    while missing > 0 {
      for layer in byRemainder where missing > 0 && whole[layer] < most[layer] {
        whole[layer] += 1
        missing -= 1
      }
    }
    return whole
  }
}
