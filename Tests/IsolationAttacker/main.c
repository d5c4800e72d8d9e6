// SPDX-License-Identifier: GPL-3.0-or-later
//
// What can be tried against a worker: from outside, by a process of the same user, and from inside, by
// whoever has taken the worker over. Every attempt prints its name and `got`, or the kernel's refusal.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "CSandbox.h"

static void tell(const char *name, int succeeded) {
  // Not by stdio, which asks the system about its stream first.
  char line[128];
  const int length =
      snprintf(line, sizeof line, "%s: %s\n", name, succeeded ? "got" : strerror(errno));
  (void)!write(STDOUT_FILENO, line, (size_t)length);
}

static int can_open(pid_t process, const char *name) {
  char path[64], byte;
  snprintf(path, sizeof path, "/proc/%d/%s", (int)process, name);
  const int file = open(path, O_RDONLY);
  // The first page of an address space is never there; to have opened it is enough.
  return file >= 0 && (strcmp(name, "mem") == 0 || read(file, &byte, 1) >= 0);
}

static void from_outside(pid_t process) {
  tell("memory", can_open(process, "mem"));
  tell("map", can_open(process, "maps"));
  tell("environment", can_open(process, "environ"));
  char path[64], target[256];
  for (int descriptor = 3; descriptor < 6; descriptor++) {
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)process, descriptor);
    tell("descriptor", readlink(path, target, sizeof target) >= 0);
  }
  snprintf(path, sizeof path, "/proc/%d/root/.", (int)process);
  struct stat status;
  tell("root", stat(path, &status) == 0);
  char byte;
  const struct iovec here = {&byte, 1}, there = {(void *)(uintptr_t)&tell, 1};
  const ssize_t count = process_vm_readv(process, &here, 1, &there, 1, 0);
  // A wrong address is refused too, but only to those who may read.
  tell("remote read", count == 1 || (count < 0 && errno == EFAULT));
  const int traces = ptrace(PTRACE_ATTACH, process, NULL, NULL) == 0;
  tell("trace", traces);
  if (traces) {
    waitpid(process, NULL, __WALL);
    ptrace(PTRACE_DETACH, process, NULL, NULL);
  }
}

/// Lets itself be traced, which a parent must answer for; so a child does it where there can be one.
static int can_be_traced(void) {
  const pid_t child = (pid_t)syscall(SYS_getpid) == 1 ? 0 : fork();
  if (child != 0) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  const int traced = ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
  if (syscall(SYS_getpid) == 1) return traced;
  _exit(traced ? 0 : 1);
}

static int can_fork(void) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  if (child > 0) waitpid(child, NULL, 0);
  return child > 0;
}

static void from_inside(void) {
  tell("open", open("/etc/passwd", O_RDONLY) >= 0);
  tell("list", open("/", O_RDONLY | O_DIRECTORY) >= 0);
  tell("create", open("/tmp", O_TMPFILE | O_RDWR, 0600) >= 0);
  tell("network", socket(AF_INET, SOCK_STREAM, 0) >= 0);
  tell("socket", socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
  tell("memory file", memfd_create("found", 0) >= 0);
  tell("fork", can_fork());
  tell("namespace", unshare(CLONE_NEWUSER) == 0);
  tell("mount", mount("none", "/", "tmpfs", 0, NULL) == 0);
  tell("trace", can_be_traced());
  tell("dumpable", prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0);
  struct rlimit limit = {1024, 1024};
  tell("limits", setrlimit(RLIMIT_NOFILE, &limit) == 0);
  tell("signal", kill(1, 0) == 0);
  // Last, because it does not come back.
  execl("/bin/echo", "echo", "execute: got", NULL);
  tell("execute", 0);
}

int main(int count, char **words) {
  if (count == 3 && strcmp(words[1], "outside") == 0) {
    from_outside((pid_t)atoi(words[2]));
    return 0;
  }
  if (count == 2 && strcmp(words[1], "inside") == 0) {
    CSandboxReport report;
    if (csandbox_detach(&report, 3)) return 3;
    csandbox_confine(&report, 3);
    if (report.entered != (1u << CSANDBOX_LAYERS) - 1) return 4;
    from_inside();
    return 0;
  }
  if (count == 2 && strcmp(words[1], "free") == 0) {
    from_inside();
    return 0;
  }
  return 2;
}
