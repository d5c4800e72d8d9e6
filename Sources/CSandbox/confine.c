// SPDX-License-Identifier: GPL-3.0-or-later
//
// The second half: no file system, no capabilities, few system calls.

#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "report.h"

/// Makes an empty folder the root, and lets go of everything that was there.
static int empty_root(void) {
  // Any folder that is sure to be there serves as the place of the new root.
  const char *place = "/proc";
  const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return errno;
  if (mount("none", place, "tmpfs", flags, "size=4k,nr_inodes=2,mode=555") != 0) return errno;
  if (chdir(place) != 0) return errno;
  if (syscall(SYS_pivot_root, ".", ".") != 0) return errno;
  if (umount2(".", MNT_DETACH) != 0) return errno;
  if (chdir("/") != 0) return errno;
  return mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL) ? errno : 0;
}

static int drop_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
  memset(none, 0, sizeof none);
  return syscall(SYS_capset, &header, none) ? errno : 0;
}

static int limit(__rlimit_resource_t resource, rlim_t most) {
  const struct rlimit both = {most, most};
  return setrlimit(resource, &both) ? errno : 0;
}

/// Processes are left to the filter: the limit on them counts threads too.
static int limit_resources(int descriptors) {
  int error = limit(RLIMIT_CORE, 0);
  if (!error) error = limit(RLIMIT_FSIZE, 0);
  if (!error) error = limit(RLIMIT_MSGQUEUE, 0);
  if (!error) error = limit(RLIMIT_NOFILE, (rlim_t)descriptors);
  return error;
}

void csandbox_confine(CSandboxReport *report, int descriptors) {
  if (report->errors[__builtin_ctz(CSandboxEmptyRoot)] == 0)
    record(report, CSandboxEmptyRoot, empty_root());
  record(report, CSandboxNoCapabilities, drop_capabilities());
  record(report, CSandboxResourceLimits, limit_resources(descriptors));
  record(
      report, CSandboxNoNewPrivileges, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? errno : 0);
  record(report, CSandboxSystemCalls, filter_system_calls());
}
