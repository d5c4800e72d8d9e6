// SPDX-License-Identifier: GPL-3.0-or-later

import Command
import Glibc
import Records

/// This build has no engine.
struct MissingEngine: InputError {
  let subject = "engine"
  let detail = "is not part of this build"
  let remedy = "build robust-eval with one"
}

InterruptFlag.install()
let program = Program(
  version: "0.1.0", surroundings: .current, console: .standard, now: monotonicSeconds,
  isInterrupted: { InterruptFlag.isRaised }, makeEngine: { throw MissingEngine() })
exit(await program.run(Array(CommandLine.arguments.dropFirst())).rawValue)

/// Seconds since the machine was started.
@Sendable func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
