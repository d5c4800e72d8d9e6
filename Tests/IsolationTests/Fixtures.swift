// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Isolation
import Models
import Records
import RobustCore
import Statistics
import TestSupport
import Torch

/// Untrained models whose answers are as good as others.
enum Fixtures {
  static func classifier(_ name: String, side: Int = 12, classes: Int = 4) throws -> Classifier {
    let input = InputDescription(
      shape: [1, side, side], classes: classes, mean: [0.4], deviation: [0.3])
    let architecture = try ModelCatalog.architecture(Specification(named: name), for: input)
    return Classifier(
      architecture: architecture,
      parameters: architecture.initialParameters(random: RandomKey(seed: 3)))
  }

  /// A model of texts of six words out of 50.
  static func textClassifier(classes: Int = 4) throws -> Classifier {
    let architecture = try ModelCatalog.architecture(
      Specification("text-cnn:width=8:filters=4"),
      for: InputDescription(words: 50, length: 6, classes: classes))
    return Classifier(
      architecture: architecture,
      parameters: architecture.initialParameters(random: RandomKey(seed: 3)))
  }

  static func images(_ count: Int, side: Int = 12, seed: UInt64 = 1) -> Tensor {
    Tensor(shape: [count, 1, side, side]) {
      RandomKey(seed: seed).stream().fillUniform($0, low: 0, high: 1)
    }
  }
}

/// What a process that was run to its end said.
struct Ended {
  let status: Int32
  let output: String

  init(_ words: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    let pipe = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }
}

/// A program that starts another one in circumstances of its own.
struct Wrapper {
  let folder: TemporaryFolder
  var program: String { folder("wrapper") }

  /// Writes the program; in its line of shell, `$program` is the real one and `"$@"` are its arguments.
  init(_ line: String) throws {
    folder = try TemporaryFolder()
    let text = "#!/bin/sh\nprogram=\(WorkerProgram.besideThisOne)\n\(line)\n"
    try folder.writeProgram("wrapper", text)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
  }
}

/// An ordinary user, whoever runs the tests.
enum OrdinaryUser {
  private static let isRoot = geteuid() == 0

  /// What is put before a command to run it as an ordinary user.
  static let prefix =
    isRoot
    ? ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []

  /// Whether such a user may start the program.
  static let canStartWorkers: Bool = {
    let ended = try? Ended(prefix + ["/usr/bin/test", "-x", WorkerProgram.besideThisOne])
    return ended?.status == 0
  }()
}

/// What is known of a process from outside.
enum ProcessTable {
  /// The child of a process.
  static func child(of parent: Int32) throws -> Int32 {
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
      guard let process = Int32(name), field("PPid", of: process) == "\(parent)" else { continue }
      return process
    }
    struct Missing: Error {}
    throw Missing()
  }

  /// Waits until a process has ended, two seconds at most.
  static func waitForEnd(of process: Int32) {
    for _ in 0..<200 where isAlive(process) { usleep(10_000) }
  }

  /// Whether a process is there that has not ended.
  static func isAlive(_ process: Int32) -> Bool {
    field("State", of: process).map { !$0.hasPrefix("Z") } ?? false
  }

  /// A field of a process's status.
  static func field(_ name: String, of process: Int32) -> String? {
    let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("\(name):") }
    return line.map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
  }
}
