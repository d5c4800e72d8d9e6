// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

/// What the votes of members that were trained on disjoint parts of the data prove.
///
/// An example that is put into the training data, or taken out of it, changes one part and so one vote.
/// The leading class `c` with `n_c` votes stands against `k` changes as long as no class `d` can reach it:
/// `n_c − k ≥ n_d + k + [d < c]`, since the first of equal counts wins.
///
/// > Source: Levine and Feizi. "Deep Partition Aggregation." ICLR 2021,
/// > [arXiv:2006.14768](https://arxiv.org/abs/2006.14768), theorem 1.
public enum PartitionVote {
  /// How many training examples can be put in or taken out without a change of each prediction.
  ///
  /// - Parameter votes: `[N, K]`, the number of members for each class.
  /// - Returns: One count for each row, at least zero.
  public static func survivedChanges(_ votes: Tensor) -> [Int] {
    let (rows, classes) = (votes.size(0), votes.size(1))
    let leaders = votes.indexOfLargest(along: 1).reshaped([rows, 1])
    let names = Tensor(Array(0..<classes), shape: [1, classes])
    let handicap = (names .< leaders).cast(to: votes.elementType)
    let others = (votes + handicap).scattering(-.infinity, at: leaders, along: 1)
      .largest(along: [1])
    let own = votes.gathered(leaders, along: 1).reshaped([-1])
    return ((own - others) / 2).floor.elements(of: Float.self).map { Int($0) }
  }
}
