// SPDX-License-Identifier: GPL-3.0-or-later

import Dispatch
import Synchronization

/// The asking side of a channel: questions go out at once, and answers are taken in the same order.
final class QueryChannel: Sendable {
  /// How long an answer may take beyond what a limited rate asks for, in seconds.
  private static let patience = 300.0

  private struct State {
    var sequence: UInt32 = 0
    /// Is signalled when the question before has its answer.
    var last: DispatchSemaphore?
    var failure: IsolationError?
  }

  private let stream: FrameStream
  private let state = Mutex(State())
  private let waiting = Atomic<Int>(0)

  init(_ stream: FrameStream) { self.stream = stream }

  /// Questions that are under way.
  var load: Int { waiting.load(ordering: .relaxed) }

  /// Asks, and waits for the answer.
  ///
  /// - Parameters:
  ///   - payload: The payload of a query.
  ///   - delay: How long a limited rate may hold the answer back, in seconds.
  ///   - subject: What errors name.
  ///   - gone: Says how the worker ended.
  /// - Returns: The payload of the answer.
  /// - Throws: ``IsolationError``: the worker's, after which the channel goes on, or that of a broken
  ///   channel, which every later question gets too.
  func ask(
    _ payload: [UInt8], delay: Double, subject: String, gone: () -> IsolationError
  ) throws(IsolationError) -> [UInt8] {
    waiting.add(1, ordering: .relaxed)
    defer { waiting.subtract(1, ordering: .relaxed) }
    let mine = DispatchSemaphore(value: 0)
    defer { mine.signal() }
    let sent = send(payload, mine)
    sent.before?.wait()
    if let failure = state.withLock({ $0.failure }) { throw failure }
    if sent.isBroken { throw broken(gone()) }
    let frame: Frame?
    do throws(IsolationError) {
      frame = try stream.read(
        limit: { _ in ChannelServer.largestBatch }, first: Self.patience + delay)
    } catch {
      throw broken(
        error.code == .tooSlow
          ? IsolationError(.tooSlow, subject: subject, detail: error.detail) : gone())
    }
    guard let frame else { throw broken(gone()) }
    if frame.header.kind == .failure {
      throw FailurePayload.decoded(frame.payload, subject: subject)
    }
    guard frame.header.kind == .answer, frame.header.sequence == sent.sequence else {
      throw broken(
        IsolationError(
          .unexpectedMessage, subject: subject, detail: "an answer that nobody asked for"))
    }
    return frame.payload
  }

  private func send(
    _ payload: [UInt8], _ mine: DispatchSemaphore
  ) -> (sequence: UInt32, before: DispatchSemaphore?, isBroken: Bool) {
    state.withLock { state in
      state.sequence &+= 1
      let before = state.last
      state.last = mine
      // A worker that is slow to read is busy with what came before.
      let isSent: ()? = try? stream.write(
        .query, sequence: state.sequence, payload, patience: Self.patience)
      return (state.sequence, before, isSent == nil)
    }
  }

  private func broken(_ error: IsolationError) -> IsolationError {
    state.withLock { state in
      state.failure = state.failure ?? error
      return state.failure ?? error
    }
  }
}
