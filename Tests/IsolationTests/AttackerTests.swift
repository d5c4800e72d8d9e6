// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Isolation
import RobustCore
import Testing
import Torch

/// The attempts of a program that wants the model, as an ordinary user: the same one that the worker runs as.
@Suite("An attacker of the worker's own user", .timeLimit(.minutes(15)))
struct AttackerTests {
  private static var attacker: String {
    let program = WorkerProgram.besideThisOne
    return program.dropLast("robust-eval".count) + "isolation-attacker"
  }

  /// What became of each attempt, by its name.
  private static func attempts(_ words: [String]) throws -> [(name: String, result: String)] {
    let ended = try Ended(words)
    #expect(ended.status == 0, "\(words): \(ended.output)")
    return ended.output.split(separator: "\n").map { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return (String(parts[0]), parts.dropFirst().joined().trimmingCharacters(in: .whitespaces))
    }
  }

  private static let outside = [
    "memory", "map", "environment", "descriptor", "descriptor", "descriptor", "root",
    "remote read", "trace",
  ]

  @Test(
    "It can neither read nor trace the process that holds the model",
    .enabled(if: OrdinaryUser.canStartWorkers, "an ordinary user cannot read the build folder"))
  func outside() throws {
    let prefix = OrdinaryUser.prefix.joined(separator: " ")
    let wrapper = try Wrapper("exec \(prefix) \"$program\" \"$@\"")
    let model = try IsolatedModel(
      try Fixtures.classifier("mlp"), policy: AnswerPolicy(answers: .label), channels: 1,
      program: wrapper.program)
    #expect(model.isIsolated, "an ordinary user can build all walls")
    let started = model.processIdentifiers[0]
    for process in [try ProcessTable.child(of: started), started] {
      let found = try Self.attempts(
        OrdinaryUser.prefix + [Self.attacker, "outside", "\(process)"])
      #expect(found.map(\.name) == Self.outside)
      for (name, result) in found {
        #expect(
          ["Operation not permitted", "Permission denied"].contains(result), "\(name): \(result)")
      }
    }
    #expect(try model.network.logits(Fixtures.images(1)).shape == [1, 4], "nothing was lost")
  }

  @Test("The same attempts succeed on a process without walls", .enabled(if: canTraceOthers))
  func control() throws {
    let process = Process()
    let words = OrdinaryUser.prefix + ["/usr/bin/sleep", "60"]
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    try process.run()
    defer { process.terminate() }
    // Until the other user's program has been put in place of the one that changes users.
    for _ in 0..<200 where ProcessTable.field("Name", of: process.processIdentifier) != "sleep" {
      usleep(10_000)
    }
    let found = try Self.attempts(
      OrdinaryUser.prefix + [Self.attacker, "outside", "\(process.processIdentifier)"])
    for (name, result) in found where name != "descriptor" {
      #expect(result == "got", "\(name): \(result)")
    }
  }

  /// Whether the system lets a user trace what is no child of the tracer.
  private static let canTraceOthers: Bool = {
    let scope = try? String(contentsOfFile: "/proc/sys/kernel/yama/ptrace_scope", encoding: .utf8)
    return scope.map { $0.hasPrefix("0") } ?? true
  }()

  @Test("Whoever takes the process over finds no file, no network, and no way out")
  func inside() throws {
    let caged = try Self.attempts([Self.attacker, "inside"])
    #expect(caged.map(\.name).count == 14)
    for (name, result) in caged {
      #expect(result == "Operation not permitted", "\(name): \(result)")
    }
    let free = try Self.attempts([Self.attacker, "free"])
    let refused = free.filter { $0.result != "got" }.map(\.name)
    #expect(Set(refused).isSubset(of: ["create", "mount", "signal", "limits", "namespace"]))
  }

  @Test("The kernel's own account of the walls")
  func status() throws {
    let model = try IsolatedModel(
      try Fixtures.classifier("mlp"), policy: AnswerPolicy(answers: .label), channels: 1)
    let worker = try ProcessTable.child(of: model.processIdentifiers[0])
    #expect(ProcessTable.field("Seccomp", of: worker) == "2")
    #expect(ProcessTable.field("NoNewPrivs", of: worker) == "1")
    for set in ["CapEff", "CapPrm", "CapInh", "CapAmb"] {
      #expect(ProcessTable.field(set, of: worker) == "0000000000000000")
    }
    #expect(ProcessTable.field("NSpid", of: worker)?.hasSuffix("\t1") == true)
    #expect(ProcessTable.field("CoreDumping", of: worker) == "0")
  }

  @Test("All that it has open are sockets, and its root is empty", .enabled(if: geteuid() == 0))
  func possessions() throws {
    let model = try IsolatedModel(
      try Fixtures.classifier("mlp"), policy: AnswerPolicy(answers: .label), channels: 2)
    let worker = try ProcessTable.child(of: model.processIdentifiers[0])
    let files = FileManager.default
    let open = try files.contentsOfDirectory(atPath: "/proc/\(worker)/fd").map {
      try files.destinationOfSymbolicLink(atPath: "/proc/\(worker)/fd/\($0)")
    }
    #expect(open.filter { $0.hasPrefix("socket:") }.count == 5)
    #expect(Set(open.filter { !$0.hasPrefix("socket:") }) == ["/dev/null"])
    #expect(try files.contentsOfDirectory(atPath: "/proc/\(worker)/root/").isEmpty)
    for name in ["user", "mnt", "net", "pid", "ipc"] {
      let ours = try files.destinationOfSymbolicLink(atPath: "/proc/self/ns/\(name)")
      #expect(
        try files.destinationOfSymbolicLink(atPath: "/proc/\(worker)/ns/\(name)") != ours,
        "\(name)")
    }
    let supervisor = model.processIdentifiers[0]
    #expect(try files.contentsOfDirectory(atPath: "/proc/\(supervisor)/fd").isEmpty)
  }
}
