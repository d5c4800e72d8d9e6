// SPDX-License-Identifier: GPL-3.0-or-later

/// Words a command line so that a shell would read it again.
enum ShellText {
  /// The program's name and its arguments, quoted where a shell would otherwise act on them.
  static func command(_ arguments: [String]) -> String {
    (["robust-eval"] + arguments.map(quoted)).joined(separator: " ")
  }

  private static func quoted(_ argument: String) -> String {
    let isPlain = !argument.isEmpty && argument.unicodeScalars.allSatisfy { $0.isSafeInShell }
    guard !isPlain else { return argument }
    var text = "'"
    for character in argument { text += character == "'" ? #"'\''"# : String(character) }
    return text + "'"
  }
}

extension Unicode.Scalar {
  fileprivate var isSafeInShell: Bool {
    switch self {
    case "a"..."z", "A"..."Z", "0"..."9": true
    default: "-_./:=+,@%".unicodeScalars.contains(self)
    }
  }
}
