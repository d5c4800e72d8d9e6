// SPDX-License-Identifier: GPL-3.0-or-later

#define _GNU_SOURCE
#include "CTorch.h"

#include <dlfcn.h>
#include <stdlib.h>

const CTorchAPI *ctorch_open(const char *path, const char **error) {
  // Parallel work is cut by the callers, one thread each. OpenMP reads this when it is loaded, and a
  // limit set later on one thread does not reach every team that a library forms on another: the idle
  // members of such teams took a third of two cores. A user's own setting is not kept: teams of another
  // size add in another order, and the same seed would no longer give the same digits.
  setenv("OMP_NUM_THREADS", "1", 1);
  // Global symbols: libtorch's own plug-ins look some of theirs up by name.
  void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  if (!library) {
    *error = dlerror();
    return NULL;
  }
  const CTorchAPI *(*entry)(void) = (const CTorchAPI *(*)(void))dlsym(library, CTORCH_ENTRY);
  if (!entry) {
    *error = dlerror();
    return NULL;
  }
  const CTorchAPI *api = entry();
  if (api->abi != CTORCH_ABI) {
    *error = "the bridge to libtorch was built from another version of this program";
    return NULL;
  }
  return api;
}

const char *ctorch_image_path(const void *address) {
  Dl_info info;
  return dladdr(address, &info) ? info.dli_fname : NULL;
}
