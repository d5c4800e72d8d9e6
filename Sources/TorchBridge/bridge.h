// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the files of the bridge share: handles, ownership and the fence against exceptions.

#pragma once

#include <ATen/ATen.h>

#include <atomic>
#include <string>

#include "CTorch.h"

namespace torch::jit {
struct Graph;
}

namespace bridge {

extern thread_local std::string lastError;
extern std::atomic<int64_t> liveTensors;

/// Hands a tensor to Swift (+1).
inline CTorchTensorRef give(at::Tensor tensor) {
  liveTensors.fetch_add(1, std::memory_order_relaxed);
  return reinterpret_cast<CTorchTensorRef>(tensor.unsafeReleaseTensorImpl());
}

/// Borrows the tensor behind a handle; the handle keeps its count.
inline at::Tensor borrow(CTorchTensorRef handle) {
  auto *implementation = reinterpret_cast<c10::TensorImpl *>(handle);
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(
      implementation));
}

/// Runs `body`; an exception becomes status 1 and a message.
template <typename Body>
int32_t guarded(Body &&body) {
  try {
    body();
    return 0;
  } catch (const c10::Error &error) {
    lastError = error.what_without_backtrace();
  } catch (const std::exception &error) {
    lastError = error.what();
  } catch (...) {
    lastError = "an unknown C++ exception";
  }
  return 1;
}

at::ScalarType scalarType(CTorchType type);

/// Puts the bodies of functions and methods in the places of their calls.
void inlineCalls(torch::jit::Graph &graph);

void fillOperators(CTorchAPI &api);
void fillTensors(CTorchAPI &api);
void fillModules(CTorchAPI &api);
void fillGraphs(CTorchAPI &api);
void fillCounting(CTorchAPI &api);
void fillIntegers(CTorchAPI &api);

}  // namespace bridge
