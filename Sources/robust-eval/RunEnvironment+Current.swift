// SPDX-License-Identifier: GPL-3.0-or-later

import Command
import Evaluation
import FoundationEssentials
import Glibc
import Records

/// What this build is called.
enum Version {
  static let text = "0.1.0"
}

/// Seconds since the machine was started.
@Sendable func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

extension RunEnvironment {
  /// The world around this process.
  static var current: RunEnvironment {
    RunEnvironment(
      tool: ToolRecord(name: "robust-eval", version: Version.text),
      machine: EnvironmentRecord(
        os: systemName, cpu: processorName, cores: Surroundings.current.cores, device: "cpu",
        libraries: [:]),
      manifestFolder: manifestFolder,
      now: { Date().formatted(.iso8601) }, clock: monotonicSeconds)
  }

  private static var systemName: String {
    let release = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
    let line = release.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
    return line.map { $0.dropFirst(12).filter { $0 != "\"" } } ?? "Linux"
  }

  private static var processorName: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").last.map { $0.drop { $0 == " " } }
    return name.map(String.init) ?? "unknown processor"
  }

  /// The folder `datasets` of the checkout that the program was built in, or of its installation.
  private static var manifestFolder: String? {
    guard var folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else { return nil }
    for _ in 0..<5 {
      folder = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? ""
      for place in ["\(folder)/datasets", "\(folder)/share/robust-eval/datasets"]
      where FileManager.default.fileExists(atPath: place) {
        return place
      }
    }
    return nil
  }
}
