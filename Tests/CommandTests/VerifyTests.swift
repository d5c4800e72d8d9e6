// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Testing

@testable import Command

@Suite("The command verify", .timeLimit(.minutes(15)))
struct VerifyTests {
  @Test("Everything that is stated is asked for, and the rest is the run's default")
  func reads() throws {
    let short = try invoke(["verify", "a.npz", "--model", "m.pt"])
    let threat = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0.1")))
    #expect(
      short
        == .verify(
          VerifyRequest(
            file: "a.npz", model: "m.pt", dataset: "fashion-mnist", threat: threat,
            isStrict: false, printsJSON: false)))
    let long = try invoke([
      "verify", "-m", "m.pt", "-d", "shapes", "--norm=l2", "-e", "3/4", "--json", "--strict",
      "a.npz",
    ])
    let other = ThreatModel(norm: .l2, epsilon: try #require(Epsilon("3/4")))
    #expect(
      long
        == .verify(
          VerifyRequest(
            file: "a.npz", model: "m.pt", dataset: "shapes", threat: other, isStrict: true,
            printsJSON: true)))
  }

  @Test(
    "What is missing or too much",
    arguments: [
      (["verify"], "verify: FILE is missing; write robust-eval verify FILE.npz --model FILE.pt"),
      (
        ["verify", "a.npz"],
        "verify: --model is missing; name a TorchScript file, such as models/*/model.pt in a run's "
          + "folder"
      ),
      (["verify", "a", "b", "-m", "m"], "b: unexpected argument; name one file"),
      (["verify", "a", "-m", "m", "-e", "1,2"], "--epsilon: names several radii; give one"),
      (
        ["verify", "a", "-m", "m", "--norm", "l3"],
        "--norm: 'l3' is not a norm; give linf, l2, l1, l0"
      ),
    ])
  func refuses(arguments: [String], line: String) {
    #expect(errorLine(arguments) == "robust-eval: \(line)\n")
  }

  @Test("The status says whether all is as claimed", arguments: [true, false])
  func status(isSound: Bool) async {
    let recorder = Recorder()
    let engine = FixedEngine(verdict: VerifyAnswer(text: "verdict\n", isSound: isSound))
    let program = Program(
      version: "1", surroundings: Surroundings(cores: 1), console: recorder.console(),
      now: { 0 }, isInterrupted: { false }, makeEngine: { engine })
    let status = await program.run(["verify", "a.npz", "--model", "m.pt"])
    #expect(status == (isSound ? .done : .gateFailed))
    #expect(recorder.standardOutput == "verdict\n")
  }
}
