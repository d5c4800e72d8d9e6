// SPDX-License-Identifier: GPL-3.0-or-later
//
// The first half: namespaces, and a new process that cannot be traced.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report.h"

static int write_text(const char *path, const char *text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return errno;
  const ssize_t length = (ssize_t)strlen(text);
  const int error = write(file, text, (size_t)length) == length ? 0 : errno;
  close(file);
  return error;
}

/// A namespace in which this user, and nobody else, is known.
static int enter_user_namespace(void) {
  const unsigned user = geteuid(), group = getegid();
  if (unshare(CLONE_NEWUSER) != 0) return errno;
  char map[64];
  int error = write_text("/proc/self/setgroups", "deny");
  if (error) return error;
  snprintf(map, sizeof map, "0 %u 1", user);
  error = write_text("/proc/self/uid_map", map);
  if (error) return error;
  snprintf(map, sizeof map, "0 %u 1", group);
  return write_text("/proc/self/gid_map", map);
}

static bool is_traced(void) {
  FILE *status = fopen("/proc/self/status", "re");
  if (!status) return true;
  char line[256];
  long tracer = -1;
  while (tracer < 0 && fgets(line, sizeof line, status))
    if (strncmp(line, "TracerPid:", 10) == 0) tracer = strtol(line + 10, NULL, 10);
  fclose(status);
  return tracer != 0;
}

static int refuse_tracing(void) {
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return errno;
  return is_traced() ? EBUSY : 0;
}

/// Waits for the process that does the work, and ends as it ends.
static _Noreturn void supervise(pid_t worker) {
  // A descriptor that stayed open here would hide from the other side that the worker is gone.
  syscall(SYS_close_range, 0U, ~0U, 0U);
  int status = 0;
  while (waitpid(worker, &status, 0) < 0)
    if (errno != EINTR) _exit(1);
  if (WIFSIGNALED(status)) {
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

int csandbox_detach(CSandboxReport *report, int descriptors) {
  memset(report, 0, sizeof *report);
  syscall(SYS_close_range, (unsigned)descriptors, ~0U, 0U);
  // Not asked of clone(2) when the program is started: who owns a user namespace may trace what was
  // executed inside of it, and here the owner is the user that is to be kept out. Memory belongs to
  // the namespace in which its program was executed, so that is the outer one.
  const int user = enter_user_namespace();
  record(report, CSandboxUserNamespace, user);
  // One after the other, so that a refusal can be named.
  record(report, CSandboxNetwork, unshare(CLONE_NEWNET) ? errno : 0);
  record(report, CSandboxIPC, unshare(CLONE_NEWIPC) ? errno : 0);
  record(report, CSandboxProcesses, unshare(CLONE_NEWPID) ? errno : 0);
  report->errors[__builtin_ctz(CSandboxEmptyRoot)] = unshare(CLONE_NEWNS) ? errno : 0;

  int traced = refuse_tracing();
  // Whoever opened this process's memory before the line above can go on to read it. The new process
  // has memory of its own.
  const pid_t worker = fork();
  if (worker < 0) return errno;
  if (worker > 0) supervise(worker);
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (!traced) traced = refuse_tracing();
  record(report, CSandboxNotDumpable, traced);
  return 0;
}

char **csandbox_environment(void) { return environ; }
