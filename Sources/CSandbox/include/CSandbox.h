// SPDX-License-Identifier: GPL-3.0-or-later
//
// How a process gives up what it does not need to answer queries, by the kernel's own means.

#pragma once

#include <stdint.h>

/// What a process has given up; each is a bit of a report.
typedef enum {
  /// Identifiers and capabilities of its own: capabilities outside are gone.
  CSandboxUserNamespace = 1 << 0,
  /// No file system but an empty folder that cannot be written.
  CSandboxEmptyRoot = 1 << 1,
  /// No network devices, and no abstract sockets of others.
  CSandboxNetwork = 1 << 2,
  /// No other process can be named.
  CSandboxProcesses = 1 << 3,
  /// No System V objects and message queues of others.
  CSandboxIPC = 1 << 4,
  /// No program can be started that has more rights.
  CSandboxNoNewPrivileges = 1 << 5,
  /// Memory that a process of the same user can neither trace nor read, and that nobody traces.
  CSandboxNotDumpable = 1 << 6,
  /// No core files, no files, no further descriptors.
  CSandboxResourceLimits = 1 << 7,
  /// No capabilities, not even inside the own namespaces.
  CSandboxNoCapabilities = 1 << 8,
  /// A list of the system calls that are left.
  CSandboxSystemCalls = 1 << 9,
} CSandboxLayer;

enum { CSANDBOX_LAYERS = 10 };

/// What was entered, and why the rest was not.
typedef struct {
  /// Bits of `CSandboxLayer`.
  uint32_t entered;
  /// For each layer by the position of its bit: the error that refused it, or 0.
  int32_t errors[CSANDBOX_LAYERS];
} CSandboxReport;

/// Enters namespaces and goes on in a new process, which nobody could look into since its first moment.
///
/// To be called while the process has one thread and knows no secret. The caller's process stays as a
/// supervisor that holds nothing, and ends as the new one ends; killing it kills the new one too.
///
/// `descriptors` is one more than the largest descriptor in use; others are closed. Returns 0 in the new
/// process, or an error number if there is none.
int csandbox_detach(CSandboxReport *_Nonnull report, int descriptors);

/// Takes away the file system and nearly all system calls, for every thread of the process.
///
/// To be called when all libraries are loaded. `descriptors` is the same number.
void csandbox_confine(CSandboxReport *_Nonnull report, int descriptors);

/// The environment of this process, for one that must compute as this one does.
char *_Nullable *_Nonnull csandbox_environment(void);
