// SPDX-License-Identifier: GPL-3.0-or-later

import Torch

/// Runs independent pieces of work on several cores; results come in the order of the pieces.
///
/// A piece must not depend on another, so the number of workers changes the time and nothing else.
public struct WorkerPool: Sendable {
  /// Pieces that run at a time.
  public let workers: Int

  /// A pool of at least one worker.
  public init(workers: Int) {
    precondition(workers >= 1, "a pool of \(workers) workers")
    self.workers = workers
  }

  /// Calls `body` for every index below `count`.
  ///
  /// - Parameters:
  ///   - count: The number of pieces.
  ///   - body: Runs with one thread of libtorch's own.
  /// - Returns: The results in the order of the pieces.
  /// - Throws: The first error in time; pieces that have not begun are left out.
  public func map<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
  ) async throws -> [Result] {
    var results: [Result?] = Array(repeating: nil, count: count)
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
      func start(_ index: Int) {
        group.addTask {
          TorchLibrary.limitThreads(to: 1)
          return (index, try body(index))
        }
      }
      for index in 0..<min(workers, count) { start(index) }
      var next = workers
      while let (index, result) = try await group.next() {
        results[index] = result
        if next < count {
          start(next)
          next += 1
        }
      }
    }
    return results.compactMap { $0 }
  }
}
