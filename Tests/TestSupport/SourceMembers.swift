// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// The members that a module's sources declare, and those that its catalog lists, by Swift name.
///
/// A member is a `static let` of the member type, in an extension of it; the catalog's list is the
/// literal behind `members: [Type] = `.
public struct SourceMembers {
  /// Declared in an extension of the type.
  public let declared: Set<String>
  /// Named in the catalog's literal.
  public let listed: Set<String>

  /// Reads `Sources/<module>` of the package that holds the calling test.
  public init(of type: String, in module: String, file: String = #filePath) throws {
    let root = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = root.appendingPathComponent("Sources").appendingPathComponent(module)
    var declared: Set<String> = []
    var listed: Set<String> = []
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    for case let url as URL in files?.allObjects ?? [] where url.pathExtension == "swift" {
      let text = try String(contentsOf: url, encoding: .utf8)
      for part in text.components(separatedBy: "\nextension \(type) {").dropFirst() {
        let body = part.components(separatedBy: "\n}")[0]
        for match in body.matches(of: /\n  (?:public )?static let (\w+)/) {
          declared.insert(String(match.1))
        }
      }
      if let list = text.components(separatedBy: "members: [\(type)] = [").dropFirst().first {
        let literal = list.components(separatedBy: "]")[0]
        for match in literal.matches(of: /\.(\w+)/) { listed.insert(String(match.1)) }
      }
    }
    self.declared = declared
    self.listed = listed
  }
}
