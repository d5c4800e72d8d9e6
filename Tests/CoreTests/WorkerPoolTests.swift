// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import RobustCore
import Testing
import Torch

@Suite("Worker pool", .timeLimit(.minutes(15)))
struct WorkerPoolTests {
  private struct Failure: Error, Equatable { let piece: Int }

  @Test("Results come in the order of the pieces", arguments: [1, 2, 4, 9], [0, 1, 3, 50])
  func keepsOrder(workers: Int, count: Int) async throws {
    let results = try await WorkerPool(workers: workers).map(count) { index in
      // Early pieces take longest.
      usleep(UInt32(max(0, 10 - index)) * 200)
      return index * index
    }
    #expect(results == (0..<count).map { $0 * $0 })
  }

  @Test("The number of workers changes no digit")
  func sameNumbers() async throws {
    let weight = normal([20, 100], "weight")
    func run(_ workers: Int) async throws -> [[Float]] {
      try await WorkerPool(workers: workers).map(12) { index in
        let leaf = normal([33, 100], "piece \(index)").leaf
        let loss = leaf.linear(weight: weight, bias: nil).logSoftmax().power(2).sum
        return loss.gradient(withRespectTo: leaf).elements(of: Float.self)
      }
    }
    let alone = try await run(1)
    #expect(try await run(2) == alone)
    #expect(try await run(4) == alone)
  }

  @Test("No more pieces run at a time than there are workers", arguments: [1, 3])
  func limitsWorkers(workers: Int) async throws {
    let running = Gauge()
    _ = try await WorkerPool(workers: workers).map(20) { _ in
      running.change(by: 1)
      usleep(500)
      running.change(by: -1)
    }
    #expect(running.highest <= workers)
    #expect(running.highest >= 1)
  }

  @Test(
    "An error of a piece is thrown on, and what has not begun is left out", arguments: [1, 2, 4])
  func throwsOn(workers: Int) async {
    let begun = Gauge()
    await #expect(throws: Failure(piece: 3)) {
      try await WorkerPool(workers: workers).map(1000) { index in
        begun.change(by: 1)
        if index == 3 { throw Failure(piece: 3) }
        usleep(300)
      }
    }
    #expect(begun.highest < 100)
  }

  private final class Gauge: Sendable {
    private let lock = NSLock()
    nonisolated(unsafe) private var value = 0
    nonisolated(unsafe) private var largest = 0
    var highest: Int { lock.withLock { largest } }
    func change(by difference: Int) {
      lock.withLock {
        value += difference
        largest = max(largest, value)
      }
    }
  }
}
