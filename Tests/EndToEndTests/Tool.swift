// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Glibc
import TestSupport

/// The program as a user has it: the executable that was built beside these tests, in a home of its own.
struct Tool {
  /// Where it is started; its cache and its streams are kept here too.
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs a command line to its end; `cache` stands for `~/.cache`.
  func run(_ arguments: [String], cache: String? = nil) throws -> Ended {
    try start(arguments, cache: cache).end()
  }

  /// The same as a shell does that finds the program by its name alone.
  func runByName(_ arguments: [String]) throws -> Ended {
    try Running(arguments, in: folder, cache: folder("cache"), byName: true).end()
  }

  /// Starts a command line.
  func start(_ arguments: [String], cache: String? = nil) throws -> Running {
    try Running(arguments, in: folder, cache: cache ?? folder("cache"))
  }
}

/// What a process that has ended left.
struct Ended {
  /// The exit status, or nil if a signal ended it.
  let status: Int32?
  let output: String
  let errors: String

  var errorLines: [String] {
    errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }
}

/// A process at work.
///
/// Its streams are files, so that none can fill up and block it.
final class Running {
  struct TimeOut: Error {
    let waitedFor: String
    let errors: String
  }

  /// The process ended as it should before what was waited for could be seen.
  ///
  /// A process that looks every millisecond is itself late on a busy machine.
  struct TooLate: Error { let waitedFor: String }

  /// How long anything may take before the process is killed, in seconds.
  private static let patience = 120.0

  private let process = Process()
  private let streams: [String]

  fileprivate init(
    _ arguments: [String], in folder: TemporaryFolder, cache: String, byName: Bool = false
  ) throws {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let place = URL(fileURLWithPath: tests).deletingLastPathComponent()
    let name = "robust-eval"
    process.executableURL =
      byName ? URL(fileURLWithPath: "/usr/bin/env") : place.appendingPathComponent(name)
    process.arguments = (byName ? [name] : []) + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.environment = [
      "PATH": (byName ? "\(place.path):" : "") + "/usr/local/bin:/usr/bin:/bin",
      "HOME": folder("home"), "XDG_CACHE_HOME": cache,
    ]
    let stem = UUID().uuidString
    streams = ["output", "errors"].map { folder(".\(stem).\($0)") }
    for path in streams { try Data().write(to: URL(fileURLWithPath: path)) }
    let handles = try streams.map { try FileHandle(forWritingTo: URL(fileURLWithPath: $0)) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = handles[0]
    process.standardError = handles[1]
    try process.run()
  }

  private func stream(_ index: Int) -> String {
    String(decoding: FileManager.default.contents(atPath: streams[index]) ?? Data(), as: UTF8.self)
  }

  /// Waits until standard error holds a text.
  func waitForError(_ text: String) throws {
    try wait(for: text) { self.stream(1).contains(text) }
  }

  /// Waits until something is to be seen.
  ///
  /// - Throws: ``TooLate`` if the process ends with status 0 before, ``TimeOut`` if it ends otherwise or takes too long.
  func wait(for what: String, until isThere: () -> Bool) throws {
    let start = ProcessInfo.processInfo.systemUptime
    while !isThere() {
      guard process.isRunning, ProcessInfo.processInfo.systemUptime - start < Self.patience else {
        if process.isRunning {
          send(SIGKILL)
        } else if isThere() {
          return
        } else if try end().status == 0 {
          throw TooLate(waitedFor: what)
        }
        throw TimeOut(waitedFor: what, errors: stream(1))
      }
      usleep(1000)
    }
  }

  /// Ends the process by a signal that interrupts or kills it.
  ///
  /// - Throws: ``TooLate`` if it had ended with status 0 by then.
  func cutOff(by signal: Int32, at moment: String) throws -> Ended {
    send(signal)
    let ended = try end()
    if ended.status == 0 { throw TooLate(waitedFor: moment) }
    return ended
  }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for the end of the process.
  func end() throws -> Ended {
    let start = ProcessInfo.processInfo.systemUptime
    while process.isRunning {
      guard ProcessInfo.processInfo.systemUptime - start < Self.patience else {
        send(SIGKILL)
        throw TimeOut(waitedFor: "the end", errors: stream(1))
      }
      usleep(1000)
    }
    process.waitUntilExit()
    return Ended(
      status: process.terminationReason == .exit ? process.terminationStatus : nil,
      output: stream(0), errors: stream(1))
  }
}
