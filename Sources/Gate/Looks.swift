// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Statistics

/// At which look of a run that may stop early each example was there for the first time.
struct Looks {
  private let count: Int
  /// The look by example; nil for one that was not seen.
  private let first: [Int?]

  init(_ record: StoppingRecord) {
    var first = [Int?](repeating: nil, count: record.examplesAvailable)
    let order = ExampleOrder.indices(seed: record.orderSeed, count: record.examplesAvailable)
    for (place, example) in order.prefix(record.examplesSeen).enumerated() {
      first[example] = place / record.examplesPerLook
    }
    self.first = first
    count = (record.examplesSeen + record.examplesPerLook - 1) / record.examplesPerLook
  }

  /// How many of some examples were right at each look; looks without a new one are left out.
  func rates(_ examples: [Int], _ isRight: [Bool]) -> [RateCounts] {
    var new = [(right: Int, all: Int)](repeating: (0, 0), count: count)
    for (example, isRight) in zip(examples, isRight) {
      let look = look(at: example)
      new[look].all += 1
      if isRight { new[look].right += 1 }
    }
    var sum = (right: 0, all: 0)
    return new.filter { $0.all > 0 }.map {
      sum = (sum.right + $0.right, sum.all + $0.all)
      return RateCounts(successes: sum.right, trials: sum.all)
    }
  }

  /// How two lists of verdicts on the same examples differed at each look.
  func pairs(_ examples: [Int], base: [Bool], head: [Bool]) -> [PairedCounts] {
    // By the base's verdict and twice the head's.
    var new = [[Int]](repeating: [0, 0, 0, 0], count: count)
    for (example, pair) in zip(examples, zip(base, head)) {
      new[look(at: example)][(pair.0 ? 1 : 0) + (pair.1 ? 2 : 0)] += 1
    }
    var sum = [0, 0, 0, 0]
    return new.filter { $0 != [0, 0, 0, 0] }.map {
      sum = zip(sum, $0).map { $0 + $1 }
      return PairedCounts(baseOnly: sum[1], headOnly: sum[2], both: sum[3], neither: sum[0])
    }
  }

  /// An example that the run did not see stands at the last look, where nothing is decided by it alone.
  private func look(at example: Int) -> Int {
    (first.indices.contains(example) ? first[example] : nil) ?? count - 1
  }
}
