// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Words an error as the one line that the user reads.
enum ErrorLine {
  /// What is printed and how the program ends.
  static func describe(_ error: any Error) -> (line: String, status: ExitCode) {
    switch error {
    case is Interruption, is CancellationError:
      ("robust-eval: interrupted; run the same command again to go on\n", .interrupted)
    case let error as any InputError:
      (
        "robust-eval: \(clean(error.subject)): \(clean(error.detail)); \(clean(error.remedy))\n",
        .badInput
      )
    default:
      ("robust-eval: internal error: \(clean("\(error)")); please report it\n", .internalError)
    }
  }

  /// The longest that one part of the line may be, in characters.
  private static let longest = 400

  /// Makes text from outside harmless: one line, no control characters, not endless.
  static func clean(_ text: String) -> String {
    var cleaned = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": cleaned += "\\n"
      case "\r": cleaned += "\\r"
      case "\t": cleaned += "\\t"
      case _ where scalar.isUnprintable: cleaned += "\\u{\(String(scalar.value, radix: 16))}"
      default: cleaned.unicodeScalars.append(scalar)
      }
    }
    guard cleaned.count > longest else { return cleaned }
    return "\(cleaned.prefix(longest / 2)) ... \(cleaned.suffix(longest / 2))"
  }
}

extension Unicode.Scalar {
  /// Whether a terminal would act on the character, or turn the direction of writing.
  fileprivate var isUnprintable: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
