// SPDX-License-Identifier: GPL-3.0-or-later
//
// The system calls that computing and answering need.

#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "report.h"

#if defined(__x86_64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the audit name of this processor is not known here"
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, action)
#define REFUSE(error) ANSWER(SECCOMP_RET_ERRNO | (error))
#define UNLESS(value, skipped) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped)
#define ALLOW(name) UNLESS(SYS_##name, 1), ANSWER(SECCOMP_RET_ALLOW)

int filter_system_calls(void) {
  struct sock_filter rules[] = {
      LOAD(arch),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCHITECTURE, 1, 0),
      ANSWER(SECCOMP_RET_KILL_PROCESS),
      LOAD(nr),
      // The sockets that are open.
      ALLOW(recvfrom),
      ALLOW(sendto),
      ALLOW(read),
      ALLOW(write),
      ALLOW(close),
      ALLOW(shutdown),
#ifdef SYS_poll
      ALLOW(poll),
#endif
      ALLOW(ppoll),
      // Memory; oneDNN writes its kernels at run time and makes them executable.
      ALLOW(mmap),
      ALLOW(munmap),
      ALLOW(mprotect),
      ALLOW(mremap),
      ALLOW(madvise),
      ALLOW(brk),
      // Threads, signals of the own process and time.
      ALLOW(futex),
      ALLOW(set_robust_list),
      ALLOW(rseq),
      ALLOW(sched_yield),
      ALLOW(sched_getaffinity),
      ALLOW(rt_sigreturn),
      ALLOW(rt_sigprocmask),
      ALLOW(rt_sigaction),
      ALLOW(sigaltstack),
      ALLOW(restart_syscall),
      ALLOW(clock_gettime),
      ALLOW(clock_nanosleep),
      ALLOW(nanosleep),
      ALLOW(gettimeofday),
      ALLOW(getrandom),
      ALLOW(getpid),
      ALLOW(gettid),
      ALLOW(getcpu),
      ALLOW(tgkill),
      ALLOW(exit),
      ALLOW(exit_group),
      // The C library tries it first and then clone, whose flags can be seen.
      UNLESS(SYS_clone3, 1),
      REFUSE(ENOSYS),
      UNLESS(SYS_clone, 4),
      LOAD(args[0]),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1),
      ANSWER(SECCOMP_RET_ALLOW),
      REFUSE(EPERM),
      UNLESS(SYS_prctl, 3),
      LOAD(args[0]),
      UNLESS(PR_SET_NAME, 1),
      ANSWER(SECCOMP_RET_ALLOW),
      REFUSE(EPERM),
  };
  const struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
  const long result =
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
  // A positive number names a thread that cannot follow.
  return result == 0 ? 0 : result < 0 ? errno : EBUSY;
}
