// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A thread for one channel, so that as many batches are computed at a time as there are channels.
enum WorkerThread {
  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts a thread that nobody waits for.
  ///
  /// - Throws: ``IsolationError`` with code `cannotStart`.
  static func start(_ body: @escaping @Sendable () -> Void) throws(IsolationError) {
    let work = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let error = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    guard error == 0 else {
      work.release()
      throw IsolationError(
        .cannotStart, detail: "no thread can be made: \(String(cString: strerror(error)))")
    }
    pthread_detach(thread)
  }
}
