// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Isolation
import Records
import Synchronization
import TestSupport
import Testing

@testable import Evaluation

/// Kills the processes that hold this test's models, once.
private final class Killer: Sendable {
  /// No other test has so many workers, and so none has processes of so many channels.
  static let channels = 7

  private let killed = Mutex(0)

  var count: Int { killed.withLock { $0 } }

  func note(_ event: ProgressEvent) {
    guard case .advanced(let progress) = event, progress.stage == "attack" else { return }
    killed.withLock { killed in
      guard killed == 0 else { return }
      for process in Self.processes() where kill(process, SIGKILL) == 0 { killed += 1 }
    }
  }

  private static func processes() -> [pid_t] {
    let files = FileManager.default
    return ((try? files.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(pid_t.init).filter {
      let words = (files.contents(atPath: "/proc/\($0)/cmdline") ?? Data()).split(separator: 0)
        .map { String(decoding: $0, as: UTF8.self) }
      return words.dropFirst() == ["isolated-worker", "\(channels)"]
    }
  }
}

@Suite("A process with a model that is killed in a run", .timeLimit(.minutes(15)))
struct KilledWorkerTests {
  @Test("The run ends in one line, and goes on where it was")
  func killed() async throws {
    let folder = try TemporaryFolder()
    var experiment = try tinyTextExperiment(folder)
    experiment.embeddingRadii = nil
    experiment.sparsities = [Sparsity(0)].compactMap(\.self)
    experiment.isolations = [try Specification("scores:epochs=1:queries=60:search=20")]
    let killer = Killer()
    let error = await #expect(throws: IsolationError.self) {
      _ = try await run(
        experiment, into: folder("killed"), workers: Killer.channels, cache: folder("cache"),
        progress: { killer.note($0) })
    }
    #expect(killer.count > 0)
    #expect(error?.code == .workerGone)
    #expect(!FileManager.default.fileExists(atPath: folder("killed/report.json")))
    _ = try await run(experiment, into: folder("killed"), workers: 2, cache: folder("cache"))
    _ = try await run(experiment, into: folder("whole"), workers: 2, cache: folder("other"))
    #expect(try timeless(folder("killed/report.json")) == timeless(folder("whole/report.json")))
  }
}
