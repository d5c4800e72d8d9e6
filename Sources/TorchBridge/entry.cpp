// SPDX-License-Identifier: GPL-3.0-or-later

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/csrc/api/include/torch/version.h>
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
    api.live_tensors = [] { return liveTensors.load(std::memory_order_relaxed); };
    fillOperators(api);
    fillTensors(api);
    fillModules(api);
    fillGraphs(api);
    fillCounting(api);
    return api;
  }();
  return &table;
}
