// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Records
import TestSupport
import Testing

@testable import Command

@Suite("The command", .timeLimit(.minutes(15)))
struct ProgramTests {
  private let recorder = Recorder()

  private func run(
    _ arguments: [String], engine: FixedEngine = FixedEngine(), takesOutput: Bool = true,
    isInterrupted: Bool = false
  ) async -> ExitCode {
    let program = Program(
      version: "1.2.3", surroundings: Surroundings(cores: 2),
      console: recorder.console(takesOutput: takesOutput), now: { 0 },
      isInterrupted: { isInterrupted }, makeEngine: { engine })
    return await program.run(arguments)
  }

  @Test("The numbers of the statuses are those that scripts rely on")
  func statuses() {
    #expect(ExitCode.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 70, 130])
    #expect(ExitCode.gateFailed.rawValue == 1)
    #expect(ExitCode.gateInconclusive.rawValue == 3)
    #expect(ExitCode.gateRefused.rawValue == 4)
  }

  @Test("Results go to standard output, progress and messages do not")
  func streams() async {
    let engine = FixedEngine(result: { monitor in
      monitor.report(.notice("using shapes"))
      return "table\n"
    })
    #expect(await run(["--seed", "2", "--dataset=it's"], engine: engine) == .done)
    #expect(
      recorder.standardOutput == "table\nrobust-eval --seed 2 '--dataset=it'\\''s'")
    #expect(recorder.standardError == "using shapes\n")
  }

  @Test("A run until a policy is decided ends with the gate's status")
  func untilDecided() async {
    let flags = ["--until-decided", "-p", "p.yaml", "-b", "base"]
    #expect(await run(flags) == .gateInconclusive)
    #expect(
      recorder.standardOutput
        == "robust-eval --until-decided -p p.yaml -b base" + "p.yaml base\n")
    #expect(recorder.standardError == "", "lines for GitHub only where it listens")
  }

  @Test("Beside JSON the gate's answer goes to standard error")
  func untilDecidedBesideJSON() async {
    #expect(await run(["--until-decided", "--policy=p.yaml", "--json"]) == .gateInconclusive)
    #expect(recorder.standardOutput == "robust-eval --until-decided --policy=p.yaml --json")
    #expect(recorder.standardError == "p.yaml none\n")
  }

  @Test("Help and version make no engine")
  func helpIsCheap() async {
    struct Made: Error {}
    let program = Program(
      version: "1.2.3", surroundings: Surroundings(cores: 2), console: recorder.console(),
      now: { 0 }, isInterrupted: { false }, makeEngine: { throw Made() })
    #expect(await program.run(["--help"]) == .done)
    #expect(recorder.standardOutput == Help.program.text)
    #expect(await program.run(["-V"]) == .done)
    #expect(recorder.standardOutput.hasSuffix("robust-eval 1.2.3\nLicense GPL-3.0-or-later\n"))
    #expect(await program.run(["--norm=l7"]) == .badInput)
    #expect(recorder.standardError.split(separator: "\n").count == 1)
    #expect(await program.run([]) == .internalError)
  }

  @Test("Bad input that an engine finds ends with its line and status 2")
  func badInput() async throws {
    let catalog = Catalog(kind: "attack", entries: try await FixedEngine().list(.attacks))
    let engine = FixedEngine(result: { _ in
      try catalog.entry(for: Specification("pdg")).name
    })
    #expect(await run([], engine: engine) == .badInput)
    #expect(
      recorder.standardError
        == "robust-eval: attack 'pdg': no such attack; did you mean 'pgd'?\n")
    #expect(recorder.standardOutput == "")
  }

  @Test("An error of our own ends with status 70 and asks for a report")
  func internalError() async {
    struct Broken: Error {}
    #expect(await run([], engine: FixedEngine(result: { _ in throw Broken() })) == .internalError)
    #expect(recorder.standardError == "robust-eval: internal error: Broken(); please report it\n")
  }

  @Test("An interrupted run ends with status 130 and says how to go on")
  func interrupted() async {
    let engine = FixedEngine(result: { monitor in
      if monitor.isInterrupted() { throw Interruption() }
      return "done"
    })
    #expect(await run([], engine: engine, isInterrupted: true) == .interrupted)
    #expect(
      recorder.standardError
        == "robust-eval: interrupted; run the same command again to go on\n")
    #expect(await run([], engine: engine) == .done)
  }

  @Test("Results that cannot be written are an error")
  func outputFails() async {
    #expect(await run([], takesOutput: false) == .badInput)
    #expect(
      recorder.standardError
        == "robust-eval: standard output: cannot be written; free some space or choose another "
        + "file\n")
  }

  @Test("Merging hands over the folders")
  func merges() async {
    #expect(await run(["merge", "--json", "out", "a", "b"]) == .done)
    #expect(recorder.standardOutput == #"["a", "b"] out true"#)
  }

  @Test(
    "What is merged or made again ends as the gate says",
    arguments: [["merge", "out", "a"], ["run", "--from=old"]])
  func judgesOthers(arguments: [String]) async {
    #expect(await run(arguments + ["--policy=p.yaml", "--baseline=b"]) == .gateInconclusive)
    #expect(recorder.standardOutput.hasSuffix("p.yaml b\n"))
  }

  @Test("A section is listed with parameters, defaults, ranges and sources", .tags(.golden))
  func lists() async throws {
    #expect(await run(["list", "attacks"]) == .done)
    try expectGolden(recorder.standardOutput, named: "list-attacks.txt")
  }

  @Test("Without a section all of them are listed")
  func listsAll() async {
    #expect(await run(["list"]) == .done)
    for section in ListSection.allCases {
      #expect(recorder.standardOutput.split(separator: "\n").contains(Substring(section.rawValue)))
    }
  }

  @Test("The doctor lines its findings up, and fails when a run would")
  func doctor() async {
    var engine = FixedEngine()
    engine.diagnoses = [
      Diagnosis(check: "libtorch", verdict: .good, detail: "1.13.1"),
      Diagnosis(check: "cuda", verdict: .optional, detail: "no card"),
    ]
    #expect(await run(["doctor"], engine: engine) == .done)
    #expect(recorder.standardOutput == "ok       libtorch  1.13.1\nmissing  cuda      no card\n")
    engine.diagnoses.append(Diagnosis(check: "disk", verdict: .bad, detail: "full"))
    #expect(await run(["doctor"], engine: engine) == .badInput)
    #expect(
      recorder.standardError == "robust-eval: doctor: 1 of 3 checks failed; see disk\n")
  }

  @Test("The first interrupt raises the flag and leaves the program alive")
  func interruptFlag() {
    InterruptFlag.install()
    #expect(!InterruptFlag.isRaised)
    // To the process, not to this thread, on which the test runner blocks signals.
    kill(getpid(), SIGTERM)
    for _ in 0..<5000 where !InterruptFlag.isRaised { usleep(1000) }
    #expect(InterruptFlag.isRaised)
    var action = sigaction()
    sigaction(SIGTERM, nil, &action)
    #expect(action.__sigaction_handler.sa_handler == nil, "the second one ends the program")
    signal(SIGINT, SIG_DFL)
  }

  @Test(
    "A bar is for terminals that nobody reads later",
    arguments: [
      ([:], 80, true), (["CI": "true"], nil, false), (["CI": "false"], 80, true),
      (["CI": ""], 80, true), (["TERM": "dumb"], nil, false), (["NO_COLOR": "1"], 80, false),
      (["NO_COLOR": ""], 80, true),
    ] as [([String: String], Int?, Bool)])
  func terminals(environment: [String: String], columns: Int?, hasColor: Bool) {
    let surroundings = Surroundings(cores: 1, columns: 80) { environment[$0] }
    #expect(surroundings.terminalColumns == columns)
    #expect(surroundings.hasColor == hasColor)
    #expect(!Surroundings(cores: 1, columns: nil) { environment[$0] }.hasColor)
  }

  @Test(
    "The cache lies where the XDG specification puts it",
    arguments: [
      (["XDG_CACHE_HOME": "/c", "HOME": "/h"], "/c/robust-eval"),
      (["HOME": "/h"], "/h/.cache/robust-eval"),
      (["XDG_CACHE_HOME": "relative", "HOME": "/h"], "/h/.cache/robust-eval"),
      (["XDG_CACHE_HOME": "", "HOME": "/h"], "/h/.cache/robust-eval"), ([:], nil),
    ] as [([String: String], String?)])
  func cache(environment: [String: String], folder: String?) {
    #expect(Surroundings(cores: 1, columns: nil) { environment[$0] }.cache == folder)
  }

  @Test("This process has cores to work on")
  func cores() {
    let cores = Surroundings.current.cores
    #expect(cores >= 1 && cores <= sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }
}
