// SPDX-License-Identifier: GPL-3.0-or-later

import CSandbox
import Glibc
import Records
import Synchronization

/// A worker as the program that started it sees it.
final class WorkerProcess: Sendable {
  /// How long a worker may take to load its libraries or a model, in seconds.
  private static let startPatience = 120.0

  /// The process that was started: the supervisor of the one that holds the model.
  let identifier: pid_t
  private let control: FrameStream
  private let status = Mutex<Int32?>(nil)

  /// Starts a program as a worker, which gets nothing but sockets.
  ///
  /// - Parameters:
  ///   - program: The executable.
  ///   - channels: The worker's ends, which stay the caller's to close.
  /// - Throws: ``IsolationError`` with code `cannotStart`.
  init(
    program: String, channels: [(input: Int32, output: Int32)]
  ) throws(IsolationError) {
    let (ours, theirs) = try FrameStream.pair()
    control = FrameStream(owning: ours)
    defer { close(theirs) }
    let sources = [theirs] + channels.flatMap { [$0.input, $0.output] }
    identifier = try Self.spawn(
      [program, IsolatedWorker.command, "\(channels.count)"], descriptors: sources)
  }

  deinit {
    // Nothing in a worker is worth waiting for; the kernel takes its process along with the supervisor.
    if status.withLock({ $0 }) == nil {
      kill(identifier, SIGKILL)
      while waitpid(identifier, nil, 0) < 0, errno == EINTR {}
    }
  }

  private static func spawn(
    _ arguments: [String], descriptors: [Int32]
  ) throws(IsolationError) -> pid_t {
    // Out of the way of the numbers that the worker knows them by.
    let copies = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 256) }
    defer { for copy in copies where copy >= 0 { close(copy) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for stream in 0..<IsolatedWorker.controlDescriptor {
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
    }
    for (index, copy) in copies.enumerated() {
      posix_spawn_file_actions_adddup2(
        &actions, copy, IsolatedWorker.controlDescriptor + Int32(index))
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own: an interrupt from the keyboard is for the program alone, which then ends in order.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    let words = arguments.map { strdup($0) }
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    // With the environment of this program: settings of libraries decide the last digits.
    let error = posix_spawn(
      &child, arguments[0], &actions, &attributes, words + [nil], csandbox_environment())
    guard error == 0, copies.allSatisfy({ $0 >= 0 }) else {
      throw IsolationError(
        .cannotStart, subject: arguments[0],
        detail: "it cannot be started: \(String(cString: strerror(error == 0 ? EMFILE : error)))")
    }
    return child
  }

  /// Waits for the worker's first word.
  ///
  /// - Throws: ``IsolationError`` with code `cannotStart`, or that of the worker.
  func hello(subject: String) throws(IsolationError) -> SandboxReport {
    let payload = try next(.hello, subject: subject)
    guard
      let report = try? CanonicalJSON.value(
        SandboxReport.self, from: String(decoding: payload, as: UTF8.self))
    else { throw IsolationError(.malformedFrame, subject: subject, detail: "a senseless hello") }
    return report
  }

  /// Hands the model over.
  ///
  /// - Throws: ``IsolationError``, the worker's own or code `workerGone`.
  func send(_ setup: WorkerSetup, subject: String) throws(IsolationError) {
    do throws(IsolationError) {
      try control.write(.setup, setup.encoded, patience: Self.startPatience)
    } catch {
      throw gone(subject: subject)
    }
  }

  /// Waits until the model answers.
  ///
  /// - Throws: ``IsolationError``, the worker's own or code `workerGone`.
  func waitUntilReady(subject: String) throws(IsolationError) {
    _ = try next(.ready, subject: subject)
  }

  /// The inputs that the worker has answered, by its own count.
  ///
  /// - Throws: ``IsolationError`` with code `workerGone`.
  func queries(subject: String) throws(IsolationError) -> Int {
    do throws(IsolationError) {
      try control.write(.describe)
    } catch {
      throw gone(subject: subject)
    }
    let payload = try next(.description, subject: subject)
    let words = try? CanonicalJSON.value(
      [String: Int].self, from: String(decoding: payload, as: UTF8.self))
    guard let count = words?["queries"] else {
      throw IsolationError(.malformedFrame, subject: subject, detail: "a senseless description")
    }
    return count
  }

  private func next(
    _ kind: FrameHeader.Kind, subject: String
  ) throws(IsolationError) -> [UInt8] {
    guard
      let frame = try control.read(
        limit: { _ in ChannelServer.largestMessage }, first: Self.startPatience)
    else { throw gone(subject: subject) }
    if frame.header.kind == .failure {
      throw FailurePayload.decoded(frame.payload, subject: subject)
    }
    guard frame.header.kind == kind else {
      throw IsolationError(
        .unexpectedMessage, subject: subject,
        detail: "a message of kind \(frame.header.kind), expected \(kind)")
    }
    return frame.payload
  }

  private func gone(subject: String) -> IsolationError {
    Self.gone([self], subject: subject)
  }

  /// The error that says how the first of some workers ended.
  static func gone(_ workers: [WorkerProcess], subject: String) -> IsolationError {
    // A closed socket is seen a moment before the process has ended.
    for _ in 0..<200 {
      if let ending = workers.lazy.compactMap(\.ending).first {
        return IsolationError(.workerGone, subject: subject, detail: "its process \(ending)")
      }
      usleep(5_000)
    }
    return IsolationError(
      .workerGone, subject: subject, detail: "its process has closed the channel")
  }

  /// How the worker ended, or nil where it has not.
  private var ending: String? {
    let found: Int32? = status.withLock { known in
      if known == nil {
        var state: Int32 = 0
        if waitpid(identifier, &state, WNOHANG) == identifier { known = state }
      }
      return known
    }
    return found.map { state in
      let signal = state & 0x7F
      return signal == 0
        ? "ended with status \((state >> 8) & 0xFF)" : "was ended by signal \(signal)"
    }
  }
}
