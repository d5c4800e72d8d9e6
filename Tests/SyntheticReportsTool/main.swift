// SPDX-License-Identifier: GPL-3.0-or-later

// Writes base.json and head.json into a folder: 100 evaluations of 10,000 examples each, unless other
// numbers are given. Usage: synthetic-reports FOLDER [EVALUATIONS [EXAMPLES]]

import Glibc
import Records
import SyntheticReports

let arguments = CommandLine.arguments
let numbers = arguments.dropFirst(2).compactMap { Int($0) }
guard arguments.count > 1, numbers.count == arguments.count - 2, numbers.allSatisfy({ $0 > 0 })
else {
  let usage = Array("usage: synthetic-reports FOLDER [EVALUATIONS [EXAMPLES]]\n".utf8)
  write(STDERR_FILENO, usage, usage.count)
  exit(2)
}
var recipe = SyntheticReport()
recipe.epsilons = ["0.02", "0.04", "0.06", "0.08", "0.1"]
recipe.compressions = max(0, (numbers.first ?? 100) / recipe.epsilons.count - 1)
recipe.examples = Array(0..<(numbers.count > 1 ? numbers[1] : 10_000))
for (name, random) in [("base", 1), ("head", 2)] as [(String, UInt64)] {
  recipe.random = random
  recipe.robustRate = name == "base" ? 0.5 : 0.49
  try AtomicFile.write(
    try CanonicalJSON.text(recipe.report()), to: "\(arguments[1])/\(name).json")
}
