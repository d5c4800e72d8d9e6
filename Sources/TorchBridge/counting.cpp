// SPDX-License-Identifier: GPL-3.0-or-later
//
// Multiply-adds, read off the operators that really ran: one count for native and script models.

#include <ATen/record_function.h>

#include <vector>

#include "bridge.h"

namespace bridge {

namespace {

struct Product {
  int64_t multiplyAdds;
  at::Tensor weight;
};

thread_local std::vector<Product> products;
thread_local at::CallbackHandle handle = at::INVALID_CALLBACK_HANDLE;

int64_t elements(const at::Tensor &tensor) { return tensor.numel(); }

/// What is known of an operator before it runs; its outputs are seen afterwards alone.
struct Pending : at::ObserverContext {
  at::Tensor weight;
  /// Multiply-adds for each element of the output; zero for operators that are not counted.
  int64_t perOutput = 0;
  /// Multiply-adds in all, where the output does not matter.
  int64_t total = 0;
};

std::unique_ptr<at::ObserverContext> started(const at::RecordFunction &function) {
  auto pending = std::make_unique<Pending>();
  const std::string name = function.name();
  const auto inputs = function.inputs();
  if (name == "aten::convolution") {
    pending->weight = inputs[1].toTensor();
    const auto rows = pending->weight.size(0);
    const auto perElement = rows > 0 ? elements(pending->weight) / rows : 0;
    if (inputs[6].toBool()) {
      pending->total = elements(inputs[0].toTensor()) * perElement;
    } else {
      pending->perOutput = perElement;
    }
  } else if (name == "aten::addmm") {
    pending->weight = inputs[2].toTensor();
    pending->perOutput = inputs[1].toTensor().size(1);
  } else if (name == "aten::mm" || name == "aten::bmm") {
    const auto left = inputs[0].toTensor();
    pending->weight = inputs[1].toTensor();
    pending->perOutput = left.size(left.dim() - 1);
  }
  return pending;
}

void finished(const at::RecordFunction &function, at::ObserverContext *context) {
  auto *pending = static_cast<Pending *>(context);
  if (!pending->weight.defined()) return;
  const auto outputs = function.outputs();
  if (outputs.empty() || !outputs[0].isTensor()) return;
  const auto produced = elements(outputs[0].toTensor());
  products.push_back({pending->total + pending->perOutput * produced, pending->weight});
}

int32_t begin() {
  return guarded([] {
    products.clear();
    handle = at::addThreadLocalCallback(at::RecordFunctionCallback(started, finished)
                                            .needsInputs(true)
                                            .needsOutputs(true)
                                            .scopes({at::RecordScope::FUNCTION}));
  });
}

int32_t end(int64_t *dense, int64_t *effective) {
  return guarded([&] {
    at::removeCallback(handle);
    handle = at::INVALID_CALLBACK_HANDLE;
    *dense = *effective = 0;
    for (const auto &product : products) {
      const auto size = elements(product.weight);
      const auto kept = at::count_nonzero(product.weight.detach()).item<int64_t>();
      *dense += product.multiplyAdds;
      // Every weight takes part in about the same number of products.
      if (size > 0)
        *effective += static_cast<int64_t>(static_cast<double>(product.multiplyAdds) * kept / size);
    }
    products.clear();
  });
}

}  // namespace

void fillCounting(CTorchAPI &api) {
  api.count_begin = begin;
  api.count_end = end;
}

}  // namespace bridge
