// SPDX-License-Identifier: GPL-3.0-or-later

import CSandbox
import Glibc
import Records
import RobustCore
import Torch

/// The process that holds an isolated model.
///
/// It builds its walls in two steps: namespaces, before a library has a thread and anything is secret; and
/// the end of the file system and of most system calls, when all libraries are loaded. The model arrives
/// afterwards, over a socket, and lies nowhere but in this process's memory.
public enum IsolatedWorker {
  /// The command that turns a program into a worker; users never type it.
  public static let command = "isolated-worker"

  /// The largest model, in bytes.
  private static let largestModel = 1 << 30
  /// The socket to the program that started the worker.
  static let controlDescriptor: Int32 = 3

  /// Does the work of the command, and does not come back.
  ///
  /// To be called before the program has a second thread.
  ///
  /// - Parameter arguments: What follows the command: the number of channels. Channel `i` reads from
  ///   descriptor `4 + 2i` and writes to the one after it.
  public static func run(_ arguments: [String]) -> Never {
    guard arguments.count == 1, let channels = Int32(arguments[0]), channels >= 1,
      (controlDescriptor..<controlDescriptor + 1 + 2 * channels).allSatisfy(isSocket)
    else {
      let words = "robust-eval: \(command): it is started by robust-eval itself\n"
      _ = words.withCString { write(STDERR_FILENO, $0, strlen($0)) }
      _exit(2)
    }
    let control = FrameStream(owning: controlDescriptor)
    do throws(IsolationError) {
      try work(control, channels: channels)
    } catch {
      try? control.write(.failure, FailurePayload.encoded(error))
      _exit(1)
    }
    // No destructors: other threads may be in the middle of an answer that nobody waits for.
    _exit(0)
  }

  private static func isSocket(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }

  private static func work(_ control: FrameStream, channels: Int32) throws(IsolationError) {
    var report = CSandboxReport()
    let descriptors = controlDescriptor + 1 + 2 * channels
    let error = csandbox_detach(&report, descriptors)
    guard error == 0 else {
      throw IsolationError(
        .cannotStart, detail: "no process can be made: \(String(cString: strerror(error)))")
    }
    do throws(TorchError) {
      try TorchLibrary.load()
    } catch {
      throw IsolationError(.cannotStart, subject: error.subject, detail: error.detail)
    }
    // libtorch reads what processor this is when it is first told of threads, and it must still find it.
    TorchLibrary.limitThreads(to: 1)
    csandbox_confine(&report, descriptors)
    try control.write(.hello, words(for: SandboxReport(report)))

    guard
      let frame = try control.read(
        limit: { $0 == .setup ? largestModel : ChannelServer.largestMessage }),
      frame.header.kind == .setup
    else { return }
    let setup = try WorkerSetup(decoding: frame.payload)
    let server = ChannelServer(
      network: try setup.model.network(), form: setup.model.form, place: setup.place,
      policy: setup.policy, patience: setup.patience,
      meter: QueryMeter(
        budget: setup.policy.queryBudget, rate: setup.policy.queriesPerSecond))
    for channel in 0..<channels {
      let input = controlDescriptor + 1 + 2 * channel
      let stream = FrameStream(owning: input, output: input + 1)
      try WorkerThread.start { server.serve(stream) }
    }
    try control.write(.ready)
    try supervise(control, server.meter)
  }

  /// Answers how many queries were spent, until the program that asks is gone.
  private static func supervise(
    _ control: FrameStream, _ meter: QueryMeter
  ) throws(IsolationError) {
    while let frame = try control.read(limit: { _ in ChannelServer.largestMessage }) {
      guard frame.header.kind == .describe else { return }
      try control.write(
        .description, sequence: frame.header.sequence, words(for: ["queries": meter.spent]))
    }
  }

  private static func words(for value: some Encodable) -> [UInt8] {
    guard let line = try? CanonicalJSON.line(value) else {
      preconditionFailure("names and numbers always have a JSON form")
    }
    return Array(line.utf8)
  }
}
