// swift-tools-version: 6.2
// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import PackageDescription

/// One set of compiler settings for every Swift target.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], resources: resources,
    swiftSettings: strict)
}

func systemLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

// The bridge to libtorch is the only target that sees a C++ header. `LIBTORCH=/path` builds it
// against another libtorch than Debian's.
let libtorch = ProcessInfo.processInfo.environment["LIBTORCH"]
// libtorch's own builds define NDEBUG, and some of its classes have other members without it.
let torchHeaders: [CXXSetting] =
  [.define("NDEBUG")]
  + (libtorch.map { root in
    [
      .unsafeFlags([
        "-isystem", "\(root)/include", "-isystem", "\(root)/include/torch/csrc/api/include",
      ])
    ]
  } ?? [])
let torchLibraries: [LinkerSetting] =
  (libtorch.map { [.unsafeFlags(["-L\($0)/lib", "-Xlinker", "-rpath=\($0)/lib"])] } ?? []) + [
    .linkedLibrary("torch"), .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
  ]

let package = Package(
  name: "robust-eval",
  products: [
    .library(name: "RobustEval", targets: ["RobustEval"]),
    .library(name: "TorchBridge", type: .dynamic, targets: ["TorchBridge"]),
    .executable(name: "robust-eval", targets: ["robust-eval"]),
  ],
  targets: [
    systemLibrary("CGSL", pkgConfig: "gsl", apt: "libgsl-dev"),
    systemLibrary("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
    systemLibrary("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
    systemLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    systemLibrary("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
    systemLibrary("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
    .systemLibrary(name: "CGlibc"),

    .target(name: "CTorch", linkerSettings: [.linkedLibrary("dl")]),
    .target(
      name: "TorchBridge", dependencies: ["CTorch"], cxxSettings: torchHeaders,
      linkerSettings: torchLibraries),

    .target(name: "CSandbox"),

    module("Torch", ["CTorch", "Records"]),
    module("Statistics", ["CGSL"]),
    module("Records"),
    .target(
      name: "Language", dependencies: ["Hashing", "Records"],
      resources: [.embedInCode("Lists")], swiftSettings: strict),
    module("RobustCore", ["Language", "Torch", "Statistics", "Records"]),

    module("Hashing", ["CCrypto"]),
    .target(
      name: "Datasets",
      dependencies: ["Hashing", "Language", "Statistics", "Records", "CZlib", "CPNG"],
      resources: [.embedInCode("Manifests")], swiftSettings: strict),
    module("Models", ["Language", "RobustCore", "Torch", "Statistics", "Records"]),
    .target(
      name: "Attacks",
      dependencies: ["Language", "RobustCore", "Torch", "Statistics", "Records", "YAML"],
      resources: [.embedInCode("Suites"), .embedInCode("Severities")], swiftSettings: strict),
    module("Training", ["Language", "RobustCore", "Torch", "Statistics", "Records"]),
    module("Certification", ["Language", "RobustCore", "Torch"]),
    module("Compression", ["RobustCore", "Torch", "Statistics", "Records", "CZlib"]),
    module("Isolation", ["CSandbox", "Language", "RobustCore", "Torch", "Statistics", "Records"]),
    module("Reporting", ["Records", "Statistics"]),
    module("Comparing", ["Records", "Reporting", "Statistics"]),
    module("Gate", ["Comparing", "Records", "Reporting", "Statistics", "YAML"]),

    module("YAML", ["CYAML", "Records"]),
    module("Journal", ["CSQLite", "Records"]),
    module("Command", ["CGlibc", "Records", "YAML"]),

    module(
      "Evaluation",
      [
        "Attacks", "Certification", "Compression", "Datasets", "Hashing", "Isolation", "Journal",
        "Language",
        "Models", "Records", "Reporting", "RobustCore", "Statistics", "Torch", "Training",
      ]),
    module(
      "RobustEval",
      [
        "Attacks", "Certification", "Compression", "Datasets", "Evaluation", "Isolation",
        "Language",
        "Models",
        "Records",
        "Reporting", "RobustCore", "Statistics", "Torch", "Training",
      ]),
    .executableTarget(
      name: "robust-eval-bench",
      dependencies: [
        "Compression", "Evaluation", "Isolation", "Models", "Records", "RobustCore", "Statistics",
        "Torch", "Training",
      ],
      path: "Sources/Benchmarks", swiftSettings: strict),
    .executableTarget(
      name: "robust-eval",
      dependencies: [
        "Attacks", "Command", "Comparing", "Compression", "Datasets", "Evaluation", "Gate",
        "Isolation", "Models", "Records", "Reporting", "Training",
      ],
      swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["Records", "Statistics"], path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("TorchTests", ["Statistics", "Torch"]),
    tests(
      "ModelsTests", ["Language", "Models", "RobustCore", "Statistics", "Torch"],
      resources: [.copy("Fixtures")]),
    tests(
      "CoreTests", ["Language", "Records", "RobustCore", "Statistics", "Torch"],
      resources: [.copy("Fixtures")]),
    tests("StatisticsTests", ["Statistics"]),
    tests("LanguageTests", ["Language"]),
    tests("DatasetsTests", ["Datasets", "Hashing", "Language"], resources: [.copy("Fixtures")]),
    tests(
      "EvaluationTests",
      [
        "Attacks", "Datasets", "Evaluation", "Isolation", "Journal", "Language", "Models",
        "Records",
        "RobustCore", "Statistics", "Torch", "Training",
      ]),
    tests(
      "EndToEndTests", ["robust-eval", "Records", "Reporting", "YAML"],
      resources: [.copy("Fixtures")]),
    tests("ArchitectureTests"),
    tests("RecordsTests", ["Records"]),
    tests(
      "AttacksTests", ["Attacks", "Language", "Records", "RobustCore", "Statistics", "Torch"],
      resources: [.copy("Fixtures")]),
    tests(
      "TrainingTests",
      [
        "Attacks", "Language", "Models", "Records", "RobustCore", "Statistics", "Torch", "Training",
      ]),
    tests(
      "CertificationTests",
      ["Certification", "Language", "Models", "RobustCore", "Statistics", "Torch"]),
    tests(
      "CompressionTests", ["Compression", "Models", "Records", "RobustCore", "Statistics", "Torch"]),
    .executableTarget(
      name: "isolation-attacker", dependencies: ["CSandbox"], path: "Tests/IsolationAttacker"),
    tests(
      "IsolationTests",
      [
        "robust-eval", "isolation-attacker", "Attacks", "Isolation", "Language", "Models",
        "Records", "RobustCore", "Statistics", "Torch",
      ]),
    tests("YAMLTests", ["YAML"]),
    .executableTarget(
      name: "journal-writer", dependencies: ["Journal"], path: "Tests/JournalWriter",
      swiftSettings: strict),
    tests("JournalTests", ["Journal", "CSQLite", "journal-writer"]),
    tests("CommandTests", ["Command", "Records"], resources: [.copy("Snapshots")]),
    .target(
      name: "SyntheticReports", dependencies: ["Records", "Statistics"],
      path: "Tests/SyntheticReports", swiftSettings: strict),
    .executableTarget(
      name: "synthetic-reports", dependencies: ["Records", "SyntheticReports"],
      path: "Tests/SyntheticReportsTool", swiftSettings: strict),
    tests(
      "ComparingTests", ["Comparing", "Records", "Reporting", "Statistics", "SyntheticReports"],
      resources: [.copy("Snapshots")]),
    tests(
      "GateTests", ["Comparing", "Gate", "Records", "Reporting", "Statistics", "SyntheticReports"],
      resources: [.copy("Snapshots")]),
    tests(
      "ReportingTests", ["Reporting", "Records", "Statistics"],
      resources: [.copy("Fixtures"), .copy("Snapshots")]),
  ],
  swiftLanguageModes: [.v6],
  // Debian's libtorch compiles as C++17 only, today's as C++20 only.
  cxxLanguageStandard: libtorch == nil ? .cxx17 : .cxx20
)
