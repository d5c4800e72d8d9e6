// SPDX-License-Identifier: GPL-3.0-or-later

import Isolation
import Statistics
import Testing
import Torch

@Suite("What votes of disjoint parts prove", .timeLimit(.minutes(15)))
struct PartitionVoteTests {
  private func winner(_ counts: [Int]) -> Int {
    counts.indices.max { (counts[$0], -$0) < (counts[$1], -$1) } ?? 0
  }

  /// The most votes that can change, whichever and to whatever, while the winner stays.
  private func survivedByTrial(_ members: [Int], classes: Int) -> Int {
    func counts(_ votes: [Int]) -> [Int] {
      (0..<classes).map { name in votes.count { $0 == name } }
    }
    let before = winner(counts(members))
    var best = members.count
    let ways = Int((0..<members.count).reduce(1) { product, _ in product * classes })
    for way in 0..<ways {
      var rest = way
      let votes = members.map { _ in
        defer { rest /= classes }
        return rest % classes
      }
      if winner(counts(votes)) != before {
        best = min(best, zip(votes, members).count { $0 != $1 } - 1)
      }
    }
    return best
  }

  @Test("The count is the one that trying every change of votes finds")
  func againstTrial() {
    let stream = RandomKey(seed: 7).stream()
    for classes in [2, 3] {
      for size in [1, 2, 3, 5, 7] {
        for _ in 0..<8 {
          let members = (0..<size).map { _ in stream.integer(below: classes) }
          let counts = (0..<classes).map { name in Float(members.count { $0 == name }) }
          let found = PartitionVote.survivedChanges(Tensor(counts, shape: [1, classes]))
          #expect(found == [survivedByTrial(members, classes: classes)], "\(members)")
        }
      }
    }
  }

  @Test("The first of equal counts wins, so a later class needs one vote more")
  func ties() {
    let votes = Tensor([Float(3), 3, 0, 3, 4, 0, 0, 0, 7], shape: [3, 3])
    #expect(PartitionVote.survivedChanges(votes) == [0, 0, 3])
  }
}
