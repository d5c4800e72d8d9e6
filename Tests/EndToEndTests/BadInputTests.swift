// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TestSupport
import Testing

@Suite("Bad input", .timeLimit(.minutes(15)))
struct BadInputTests {
  private let tiny: TinyRun

  init() throws { tiny = try TinyRun() }

  /// Runs with changed flags and expects one line, status 2, and nothing on the disk.
  private func expectRefused(
    _ changes: [String], saying words: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let ended = try tiny.run(into: "run", changes)
    #expect(ended.status == 2, "\(changes): \(ended.errors)", sourceLocation: sourceLocation)
    #expect(ended.errorLines.count == 1, "\(ended.errors)", sourceLocation: sourceLocation)
    #expect(ended.errors.hasPrefix("robust-eval: "), sourceLocation: sourceLocation)
    for word in words {
      #expect(
        ended.errors.contains(word), "\(word) is not in: \(ended.errors)",
        sourceLocation: sourceLocation)
    }
    #expect(ended.output == "", sourceLocation: sourceLocation)
    #expect(!tiny.exists("run") && !tiny.exists("cache"), sourceLocation: sourceLocation)
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: tiny.tool.folder(name)))
  }

  private func fixture(_ name: String) throws -> String {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    return folder.appendingPathComponent(name).path
  }

  @Test("A sparsity that is none", arguments: ["1", "-0.1", "abc", ""])
  func sparsity(text: String) throws {
    try expectRefused(["--sparsity=\(text)"], saying: ["--sparsity: '\(text)' is not a share"])
  }

  @Test("Names and options that nothing has, with the nearest one")
  func unknownNames() throws {
    try expectRefused(["--attack=pdg:steps=5"], saying: ["'pdg", "did you mean", "'pgd'"])
    try expectRefused(["--attack=pgd:step=5"], saying: ["'steps'"])
    try expectRefused(["--sparsty=0.5"], saying: ["--sparsty", "--sparsity"])
    try expectRefused(["--shard=3/2"], saying: ["--shard: '3/2' is not a shard"])
  }

  @Test("Numbers that the data does not bear")
  func beyondTheData() throws {
    try expectRefused(["--examples=301"], saying: ["--examples 301", "300 test examples"])
    try expectRefused(["--epsilon=8"], saying: ["--epsilon 8", "8/255"])
  }

  @Test("What is asked of texts where there are images")
  func texts() throws {
    try expectRefused(
      ["--vocabulary=words.txt"], saying: ["--vocabulary words.txt", "holds images"])
    try expectRefused(
      ["--embedding-radius=0.1,0.25"], saying: ["--embedding-radius 0.1,0.25", "holds images"])
    try expectRefused(["--embedding-radius=x"], saying: ["--embedding-radius: 'x'", "0.25"])
  }

  @Test("A configuration that is missing, is no YAML, or has an unknown key, with file and line")
  func configuration() throws {
    try expectRefused(["--config=none.yaml"], saying: ["none.yaml"])
    try write("sparsity: 0.5\nepsilonn: 0.1\n", to: "bad.yaml")
    try expectRefused(
      ["--config=bad.yaml"], saying: ["bad.yaml:2", "unknown key 'epsilonn'", "'epsilon'"])
    try write("sparsity: [0.5\nmodel: }\n", to: "no.yaml")
    try expectRefused(["--config=no.yaml"], saying: ["no.yaml:2"])
    try Data((0..<2000).map { UInt8($0 % 251) })
      .write(to: URL(fileURLWithPath: tiny.tool.folder("binary.yaml")))
    try expectRefused(["--config=binary.yaml"], saying: ["binary.yaml"])
  }

  private func expectModelRefused(
    _ path: String, saying words: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try expectRefused(
      ["--model=\(path)", "--training=given"], saying: [path] + words,
      sourceLocation: sourceLocation)
  }

  @Test("A model file that cannot be used")
  func modelFiles() throws {
    try expectModelRefused(tiny.tool.folder("none.pt"), saying: [])
    let whole = try Data(contentsOf: URL(fileURLWithPath: try fixture("cnn-traced.pt")))
    try whole.prefix(whole.count / 2)
      .write(to: URL(fileURLWithPath: tiny.tool.folder("half.pt")))
    try expectModelRefused(tiny.tool.folder("half.pt"), saying: [])
    try Data().write(to: URL(fileURLWithPath: tiny.tool.folder("empty.pt")))
    try expectModelRefused(tiny.tool.folder("empty.pt"), saying: [])
    try expectModelRefused(try fixture("odd-state-dict.pt"), saying: [])
    try expectModelRefused(try fixture("odd-no-parameters.pt"), saying: ["no parameters"])
    try expectModelRefused(
      try fixture("cnn-traced.pt"), saying: ["choose the data set that the model was made for"])
  }

  @Test("A data set that is missing, garbage, cut short, or of a name that nothing has")
  func dataSets() throws {
    try expectRefused(["--dataset=none/such"], saying: ["none/such"])
    try expectRefused(["--dataset=fashion-mnits"], saying: ["'fashion-mnist'"])
    try FileManager.default.createDirectory(
      atPath: tiny.tool.folder("empty"), withIntermediateDirectories: true)
    try expectRefused(["--dataset=empty"], saying: ["empty"])
    try write("no images\n", to: "garbage.npz")
    try expectRefused(["--dataset=garbage.npz"], saying: ["garbage.npz"])
    let images = tiny.tool.folder("data/t10k-images-idx3-ubyte")
    let whole = try Data(contentsOf: URL(fileURLWithPath: images))
    try whole.dropLast(1).write(to: URL(fileURLWithPath: images))
    try expectRefused([], saying: ["t10k-images-idx3-ubyte"])
  }

  @Test("A folder of models that cannot be made, before anything is trained")
  func cache() throws {
    let ended = try tiny.run(into: "run", [], cache: "/proc/nowhere")
    #expect(ended.status == 2)
    #expect(ended.errorLines.count == 1)
    #expect(ended.errors.hasPrefix("robust-eval: /proc/nowhere: "), "\(ended.errors)")
    #expect(!tiny.exists("run"))
  }
}
