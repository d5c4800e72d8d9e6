// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a process of the same user can try against a worker: one attempt for each call.
// Prints `got` and ends with 0 where it succeeds; prints the kernel's refusal and ends with 1 where not.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int verdict(int succeeded) {
  puts(succeeded ? "got" : strerror(errno));
  return succeeded ? 0 : 1;
}

static int open_of(const char *process, const char *name) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%s/%s", process, name);
  const int file = open(path, O_RDONLY);
  char byte;
  // Opened is not yet read: the root of an address space is never mapped.
  return verdict(file >= 0 && (strcmp(name, "mem") == 0 || read(file, &byte, 1) >= 0));
}

int main(int count, char **words) {
  if (count != 3) return 2;
  const pid_t process = (pid_t)atoi(words[2]);
  if (strcmp(words[1], "ptrace") == 0) {
    const int traces = ptrace(PTRACE_ATTACH, process, NULL, NULL) == 0;
    const int result = verdict(traces);
    if (traces) {
      waitpid(process, NULL, __WALL);
      ptrace(PTRACE_DETACH, process, NULL, NULL);
    }
    return result;
  }
  if (strcmp(words[1], "readv") == 0) {
    char byte;
    const struct iovec here = {&byte, 1}, there = {(void *)(uintptr_t)&main, 1};
    const ssize_t result = process_vm_readv(process, &here, 1, &there, 1, 0);
    // A wrong address is refused too, but only to those who may read.
    return verdict(result == 1 || (result < 0 && errno == EFAULT));
  }
  return open_of(words[2], words[1]);
}
