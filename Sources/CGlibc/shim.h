/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Swift's own Glibc module leaves out. */
#include <getopt.h>
#include <sched.h>

/* Declared by glibc for _GNU_SOURCE alone. */
extern int sched_getaffinity(__pid_t process, size_t size, cpu_set_t *set);
