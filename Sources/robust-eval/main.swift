// SPDX-License-Identifier: GPL-3.0-or-later

import Command
import Evaluation
import Glibc
import Records

InterruptFlag.install()
let program = Program(
  version: Version.text, surroundings: .current, console: .standard, now: monotonicSeconds,
  isInterrupted: { InterruptFlag.isRaised },
  makeEngine: { ExperimentEngine(environment: .current) })
exit(await program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
