// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the files of the sandbox share.

#pragma once

#include <stdbool.h>

#include "CSandbox.h"

/// Writes down whether a layer was entered; `error` is that of the refusal, or 0.
static inline void record(CSandboxReport *report, CSandboxLayer layer, int error) {
  report->errors[__builtin_ctz(layer)] = error;
  if (error == 0) report->entered |= layer;
}

/// Allows a list of system calls from now on, for all threads; 0 or an error number.
int filter_system_calls(void);
