// SPDX-License-Identifier: GPL-3.0-or-later

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/csrc/api/include/torch/version.h>
#include <dlfcn.h>
#include <malloc.h>

#include "bridge.h"

namespace bridge {

thread_local std::string lastError;
std::atomic<int64_t> liveTensors{0};

}  // namespace bridge

using namespace bridge;

extern "C" const CTorchAPI *robust_eval_torch(void) {
  static const CTorchAPI table = [] {
    // Activations of a tile are a few megabytes and live for microseconds. By default each goes back
    // to the kernel and comes again as zeroed pages, which costs more than some operators.
    mallopt(M_MMAP_THRESHOLD, 1 << 28);
    mallopt(M_TRIM_THRESHOLD, 1 << 29);
    CTorchAPI api{};
    api.abi = CTORCH_ABI;
    api.last_error = []() -> const char * { return lastError.c_str(); };
    api.library_version = []() -> const char * {
      static const std::string version = std::to_string(TORCH_VERSION_MAJOR) + "." +
                                         std::to_string(TORCH_VERSION_MINOR) + "." +
                                         std::to_string(TORCH_VERSION_PATCH);
      return version.c_str();
    };
    api.configuration = []() -> const char * {
      static const std::string text = at::show_config();
      return text.c_str();
    };
    api.has_cuda = [] { return at::globalContext().hasCUDA(); };
    api.set_threads = [](int32_t count) { at::set_num_threads(count); };
    api.set_team = [](int32_t count) {
      // The first question of a thread gives it libtorch's general limit, which must not come later.
      at::get_num_threads();
      // libtorch has loaded OpenMP, whose headers this compiler may lack. Its limit belongs to the
      // calling thread; at::set_num_threads would change that of threads to come as well.
      static const auto set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
      if (set) set(count);
    };
    api.threads = []() -> int32_t { return at::get_num_threads(); };
    api.live_tensors = [] { return liveTensors.load(std::memory_order_relaxed); };
    fillOperators(api);
    fillTensors(api);
    fillModules(api);
    fillGraphs(api);
    fillCounting(api);
    fillIntegers(api);
    return api;
  }();
  return &table;
}
