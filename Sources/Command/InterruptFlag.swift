// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Synchronization

/// Remembers that the user or the system asked the program to stop.
public enum InterruptFlag {
  private static let raised = Atomic<Bool>(false)

  /// Whether the program was asked to stop.
  public static var isRaised: Bool { raised.load(ordering: .relaxed) }

  /// Turns the first interrupt or termination signal into a raised flag; a second one ends the program.
  public static func install() {
    // The flag is touched first: a signal handler must not be the one to make it.
    raised.store(false, ordering: .relaxed)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in
      InterruptFlag.raised.store(true, ordering: .relaxed)
    }
    action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | Int32(SA_RESTART)
    sigaction(SIGINT, &action, nil)
    sigaction(SIGTERM, &action, nil)
  }
}
