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

void observe(const at::RecordFunction &function, at::ObserverContext *) {
  const std::string name = function.name();
  const auto inputs = function.inputs();
  const auto outputs = function.outputs();
  if (outputs.empty() || !outputs[0].isTensor()) return;
  const auto produced = elements(outputs[0].toTensor());
  if (name == "aten::convolution") {
    const auto input = inputs[0].toTensor(), weight = inputs[1].toTensor();
    const bool transposed = inputs[6].toBool();
    const auto perElement = weight.size(0) > 0 ? elements(weight) / weight.size(0) : 0;
    products.push_back({(transposed ? elements(input) : produced) * perElement, weight});
  } else if (name == "aten::addmm") {
    products.push_back({produced * inputs[1].toTensor().size(1), inputs[2].toTensor()});
  } else if (name == "aten::mm" || name == "aten::bmm") {
    const auto left = inputs[0].toTensor();
    products.push_back({produced * left.size(left.dim() - 1), inputs[1].toTensor()});
  }
}

int32_t begin() {
  return guarded([] {
    products.clear();
    handle = at::addThreadLocalCallback(
        at::RecordFunctionCallback(
            [](const at::RecordFunction &) -> std::unique_ptr<at::ObserverContext> {
              return nullptr;
            },
            observe)
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
      // Divided first: a weight takes part in the same number of products as every other.
      if (size > 0) *effective += product.multiplyAdds / size * kept;
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
