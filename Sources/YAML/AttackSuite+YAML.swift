// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

extension AttackSuite {
  /// Reads a suite: a list of attacks, or a mapping with `attacks` and the members below.
  ///
  /// The mapping may hold `name`, `summary`, and one list for each norm (`linf`, `l2`, `l1`, `l0`) that
  /// takes the place of `attacks` there.
  ///
  /// - Parameters:
  ///   - bytes: The file's content.
  ///   - file: Its path, for errors and as the name where none is stated.
  /// - Throws: ``YAMLError``, with code `notSuite` where the YAML is sound and no suite;
  ///   `SpecificationError` where an attack is malformed.
  public init(yaml bytes: [UInt8], file: String) throws {
    let root = try YAMLNode.parse(bytes, file: file)
    var name = file.split(separator: "/").last.map(String.init) ?? file
    var summary = ""
    var attacks: [Specification] = []
    var byNorm: [Norm: [Specification]] = [:]
    switch root.content {
    case .sequence: attacks = try root.specifications(file)
    case .mapping(let entries):
      for entry in entries {
        switch entry.key {
        case "name": name = try entry.value.word(file)
        case "summary": summary = try entry.value.word(file)
        case "attacks": attacks = try entry.value.specifications(file)
        default:
          guard let norm = Norm(rawValue: entry.key) else {
            throw YAMLError.notSuite(file, entry.mark, "unknown key '\(entry.key)'")
          }
          byNorm[norm] = try entry.value.specifications(file)
        }
      }
    case .scalar: throw YAMLError.notSuite(file, root.mark, "it is one word, expected a list")
    }
    guard !(attacks.isEmpty && byNorm.isEmpty) else {
      throw YAMLError.notSuite(file, root.mark, "it names no attack")
    }
    self.init(name: name, summary: summary, attacks: attacks, byNorm: byNorm)
  }
}

extension YAMLNode {
  fileprivate func word(_ file: String) throws -> String {
    guard case .scalar(let text, _) = content, !isNull else {
      throw YAMLError.notSuite(file, mark, "a text is expected here")
    }
    return text
  }

  fileprivate func specifications(_ file: String) throws -> [Specification] {
    guard case .sequence(let items) = content else {
      throw YAMLError.notSuite(file, mark, "a list of attacks is expected here")
    }
    return try items.map { try Specification(try $0.word(file)) }
  }
}

extension YAMLError {
  fileprivate static func notSuite(_ file: String, _ mark: YAMLMark, _ detail: String) -> YAMLError
  {
    YAMLError(
      .notSuite, file: file, mark: mark, detail: detail,
      remedy: "write a list such as [fgsm, pgd:steps=20], or the keys name, summary, attacks, l1")
  }
}
