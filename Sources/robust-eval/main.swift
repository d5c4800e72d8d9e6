// SPDX-License-Identifier: GPL-3.0-or-later

import Command
import Evaluation
import Glibc
import Isolation
import Records

let words = Array(CommandLine.arguments.dropFirst())
// First of all: its walls must stand before anything has a second thread.
if words.first == IsolatedWorker.command { IsolatedWorker.run(Array(words.dropFirst())) }

InterruptFlag.install()
let program = Program(
  version: Version.text, surroundings: .current, console: .standard, now: monotonicSeconds,
  isInterrupted: { InterruptFlag.isRaised },
  makeEngine: { ExperimentEngine(environment: .current) })
exit(await program.run(words).rawValue)
