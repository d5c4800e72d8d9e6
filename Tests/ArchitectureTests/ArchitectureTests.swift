// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// Reads the sources and holds them against the rules that no compiler checks.
@Suite("The architecture", .timeLimit(.minutes(15)))
struct ArchitectureTests {
  /// Which modules of the package each module may import; the direction of dependence.
  private static let allowed: [String: Set<String>] = [
    "Torch": ["CTorch", "Records"],
    "Statistics": ["CGSL"],
    "Records": [],
    "Hashing": ["CCrypto"],
    "YAML": ["CYAML", "Records"],
    "Journal": ["CSQLite", "Records"],
    "Language": ["Hashing", "Records"],
    "RobustCore": ["Language", "Torch", "Statistics", "Records"],
    "Datasets": ["CPNG", "CZlib", "Hashing", "Language", "Records", "Statistics"],
    "Models": ["Language", "RobustCore", "Torch", "Statistics", "Records"],
    "Attacks": ["Language", "RobustCore", "Torch", "Statistics", "Records", "YAML"],
    "Training": ["Language", "RobustCore", "Torch", "Statistics", "Records"],
    "Certification": ["Language", "RobustCore", "Torch"],
    "Compression": ["RobustCore", "Torch", "Statistics", "Records", "CZlib"],
    "Isolation": ["CSandbox", "Language", "RobustCore", "Torch", "Statistics", "Records"],
    "Reporting": ["Records", "Statistics"],
    "Comparing": ["Records", "Reporting", "Statistics"],
    "Gate": ["Comparing", "Records", "Reporting", "Statistics", "YAML"],
    "Command": ["CGlibc", "Records", "YAML"],
    "Evaluation": [
      "Attacks", "Certification", "Compression", "Datasets", "Hashing", "Isolation", "Journal",
      "Language", "Models", "Records",
      "Reporting", "RobustCore", "Statistics", "Torch", "Training",
    ],
  ]
  private static let system: Set<String> = [
    "FoundationEssentials", "Glibc", "Synchronization", "Swift", "Dispatch",
  ]

  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func files(_ folder: String, _ endings: [String]) throws -> [URL] {
    let place = root.appendingPathComponent(folder)
    let all = try #require(
      FileManager.default.enumerator(at: place, includingPropertiesForKeys: nil))
    let found = all.compactMap { $0 as? URL }.filter { endings.contains($0.pathExtension) }
    try #require(found.count > 10, "the sources were not found")
    return found
  }

  private static func lines(_ file: URL) throws -> [Substring] {
    try String(contentsOf: file, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
  }

  private static func module(of file: URL) -> String {
    let parts = file.path.dropFirst(root.path.count + 1).split(separator: "/")
    return parts.count > 1 ? String(parts[1]) : ""
  }

  @Test("Every import goes down the table")
  func imports() throws {
    for file in try Self.files("Sources", ["swift"]) {
      guard let allowed = Self.allowed[Self.module(of: file)] else { continue }
      for line in try Self.lines(file) {
        let words = line.split(separator: " ")
        guard let position = words.firstIndex(of: "import"), position <= 1,
          words.count == position + 2
        else { continue }
        let name = String(words[position + 1])
        #expect(
          allowed.contains(name) || Self.system.contains(name),
          "\(file.lastPathComponent) of \(Self.module(of: file)) imports \(name)")
      }
    }
  }

  @Test("No file has more than 500 lines")
  func fileSizes() throws {
    for file in try Self.files("Sources", ["swift", "cpp", "c", "h"])
      + Self.files("Tests", ["swift"])
    {
      let count = try Self.lines(file).count
      #expect(count <= 500, "\(file.lastPathComponent) has \(count) lines")
    }
  }

  @Test("One type is Sendable without proof by the compiler: the tensor's storage")
  func uncheckedSendable() throws {
    let places = try Self.files("Sources", ["swift"]).filter { file in
      try Self.lines(file).contains { $0.contains("@unchecked Sendable") && !$0.contains("//") }
    }
    #expect(places.map(\.lastPathComponent) == ["Tensor.swift"])
  }

  @Test(
    "Words that have no place in the sources",
    arguments: [
      "TODO", "FIXME", "XXX", "fatalError(", "try!", "as!", "drand48", "arc4random", ".random(in",
    ])
  func forbiddenWords(word: String) throws {
    for file in try Self.files("Sources", ["swift", "cpp", "c", "h"]) {
      let found = try Self.lines(file).firstIndex { $0.contains(word) }
      #expect(found == nil, "\(file.lastPathComponent):\((found ?? 0) + 1) has \(word)")
    }
  }

  @Test("Every source file names its licence")
  func licence() throws {
    for file in try Self.files("Sources", ["swift", "cpp", "c", "h"]) {
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(
        text.contains("SPDX-License-Identifier: GPL-3.0-or-later") || text.count < 400,
        "\(file.lastPathComponent)")
    }
  }
}
