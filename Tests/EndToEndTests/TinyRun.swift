// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import TestSupport

/// An experiment of a second: a dense and a pruned perceptron, two attacks, three blocks of examples.
struct TinyRun {
  let tool: Tool

  /// Writes the data set `data` into the tool's folder.
  init() throws {
    tool = try Tool()
    try TinyData.write(into: tool.folder("data"))
  }

  /// The settings, as flags; `changes` replace flags of the same name.
  static func flags(_ changes: [String] = []) -> [String] {
    let standard = [
      "--dataset=data", "--model=mlp", "--training=standard:epochs=3:batch=64",
      "--compression=magnitude:epochs=1", "--attack=uniform:attempts=2,pgd:steps=5",
      "--epsilon=0.1", "--examples=300", "--workers=2",
    ]
    let changed = Set(changes.map { $0.prefix { $0 != "=" } })
    return standard.filter { !changed.contains($0.prefix { $0 != "=" }) } + changes
  }

  /// The folders of the models that it leaves.
  static let models = [
    "mlp-standard-batch=64-epochs=3-dense-seed-1",
    "mlp-standard-batch=64-epochs=3-magnitude-epochs=1@0.5-seed-1",
  ]

  /// What is left on the disk, besides the pictures of single inputs.
  static let files =
    models.flatMap { model in
      ["model.pt", "model.safetensors", "packed.safetensors.gz"].map { "models/\(model)/\($0)" }
    } + [
      "outcomes.csv", "plots/accuracy.png", "plots/accuracy.svg", "plots/trade-off.png",
      "plots/trade-off.svg", "report.html", "report.json", "report.md", "results.csv", "run.sqlite",
    ]

  /// Runs the experiment into a folder.
  func run(
    into output: String, _ changes: [String] = ["--no-cache"], cache: String? = nil
  ) throws -> Ended {
    try tool.run(Self.flags(changes + ["--output=\(output)"]), cache: cache)
  }

  /// Starts the experiment and does not wait.
  func start(into output: String, _ changes: [String] = ["--no-cache"]) throws -> Running {
    try tool.start(Self.flags(changes + ["--output=\(output)"]))
  }

  /// What stands in a file.
  func text(_ path: String) throws -> String {
    try String(contentsOfFile: tool.folder(path), encoding: .utf8)
  }

  /// A report without its times and the command line that made it.
  func findings(_ output: String) throws -> JSONValue {
    let report = try CanonicalJSON.value(JSONValue.self, from: try text("\(output)/report.json"))
    guard case .object(var members) = report.timeless else { return report }
    members["command"] = nil
    if case .object(var gate)? = members["gate"] {
      // It names the folder.
      gate["report"] = nil
      members["gate"] = .object(gate)
    }
    return .object(members)
  }

  /// Every file below a folder but those in `gallery/`, hidden ones too; nothing if it is not there.
  func files(_ path: String) -> [String] {
    let root = tool.folder(path)
    let names = (FileManager.default.enumerator(atPath: root)?.allObjects ?? []) as? [String] ?? []
    return names.filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: "\(root)/\($0)", isDirectory: &isFolder)
        && !isFolder.boolValue && !$0.hasPrefix("gallery/")
    }.sorted()
  }

  func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: tool.folder(path))
  }
}
