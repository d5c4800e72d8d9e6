// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import Torch

@Suite("Teams of threads", .timeLimit(.minutes(15)))
struct TeamTests {
  /// The threads that another thread may use meanwhile.
  private func threadsElsewhere() -> Int {
    nonisolated(unsafe) var found = 0
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      found = TorchLibrary.threads
      done.signal()
    }
    done.wait()
    return found
  }

  @Test("A team belongs to the thread that asked for it, and ends with its work")
  func belongs() throws {
    struct Broken: Error {}
    #expect(TorchLibrary.threads == 1)
    let inside = TorchLibrary.withTeam(of: 2) { (TorchLibrary.threads, threadsElsewhere()) }
    #expect(inside?.0 == 2 && inside?.1 == 1)
    #expect(TorchLibrary.threads == 1)
    #expect(throws: Broken.self) { try TorchLibrary.withTeam(of: 2) { throw Broken() } }
    #expect(TorchLibrary.threads == 1)
  }

  @Test("A team computes the same, to rounding")
  func same() throws {
    let size = 512
    let values = (0..<size * size).map { Float($0 % 17) / 16 - 0.5 }
    let matrix = Tensor(values, shape: [size, size])
    let alone = matrix.matrixProduct(matrix).elements(of: Float.self)
    let together = try #require(
      TorchLibrary.withTeam(of: 2) { matrix.matrixProduct(matrix).elements(of: Float.self) })
    #expect(zip(alone, together).allSatisfy { abs($0 - $1) <= 1e-4 })
  }
}
