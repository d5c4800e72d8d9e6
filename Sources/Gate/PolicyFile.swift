// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import YAML

/// A policy file: a YAML mapping with the list `rules`.
public enum PolicyFile {
  private static let keys = ["confidence", "rules"]

  /// Reads a policy.
  ///
  /// - Throws: ``GateError``; `YAMLError` where the file is no YAML.
  public static func read(_ path: String) throws -> Policy {
    try policy(in: try bytes(of: path), path: path)
  }

  /// Reads a policy from a file's content.
  ///
  /// - Parameters:
  ///   - bytes: The content.
  ///   - path: The file's name in errors.
  /// - Returns: A policy with at least one rule.
  /// - Throws: ``GateError``; `YAMLError` where it is no YAML.
  public static func policy(in bytes: [UInt8], path: String) throws -> Policy {
    let root = PolicyNode(try YAMLNode.parse(bytes, file: path), path: path, key: nil)
    let entries = try root.mapping(PolicyFile.keys, example: "rules:")
    let confidence = try entries["confidence"]?.confidence() ?? 0.95
    guard let list = entries["rules"] else {
      throw root.error(.missingKey, "has no rules", "write rules: and a list below it")
    }
    var rules: [Rule] = []
    for node in try list.elements(example: "check: robust_accuracy") {
      let rule = try RuleReader(node, confidence: confidence).rule(
        isTaken: { id in rules.contains { $0.id == id } })
      guard !rules.contains(where: { $0.id == rule.id }) else {
        throw node.error(
          .repeatedRule, "two rules are called '\(rule.id)'", "give each an id of its own")
      }
      rules.append(rule)
    }
    return Policy(rules: rules)
  }

  /// The content of a policy file, cut off where it is too long for one.
  ///
  /// - Throws: ``GateError`` with code `unreadable`.
  public static func bytes(of path: String) throws(GateError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    let limit = YAMLLimits().bytes
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    // One byte more than may be there, so that an endless file ends and is found too long.
    while content.count <= limit {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path) }
      guard count > 0 else { break }
      content += buffer[..<count]
    }
    return Array(content.prefix(limit + 1))
  }

  private static func unreadable(_ path: String) -> GateError {
    GateError(
      .unreadable, subject: path.isEmpty ? "--policy" : path,
      detail: "cannot be read: \(String(cString: strerror(errno)))",
      remedy: "give a policy file; `robust-eval gate --init` prints one")
  }
}
