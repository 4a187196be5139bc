#include "gemm_bf16.h"

CACHALOT_KERNEL(linear) {
  const auto& x = call.in(0);
  const int64_t k = x.dim(-1), rows = x.rows();
  std::vector<Gemm> floats;
  std::vector<LinearBf16> halves;
  for (int i = 1; i < call.inputs; ++i) {
    const auto& w = call.in(i);
    const int64_t n = w.dim(0);
    float* y = call.out(i - 1).as<float>();
    if (w.dtype == cachalot::DType::kBF16)
      halves.push_back({rows, n, k, x.as<float>(), k, w.as<uint16_t>(), y, n});
    else if (w.dtype == cachalot::DType::kU8)
      halves.push_back({rows, n, k, x.as<float>(), k, nullptr, y, n, w.as<uint8_t>()});
    else
      floats.push_back({rows, n, k, x.as<float>(), k, 1, w.data, 1, k, false, y, n, false});
  }
  if (!halves.empty()) linear_bf16(call, x.as<float>(), rows, k, halves);
  if (!floats.empty()) gemm_batch(call, floats);
}

CACHALOT_KERNEL(linear_input_gradient) {
  const auto& dy = call.in(0);
  const auto& w = call.in(1);
  const int64_t n = w.dim(0), k = w.dim(1);
  gemm(call, {dy.rows(), k, n, dy.as<float>(), n, 1, w.data, k, 1, w.dtype == cachalot::DType::kBF16,
              call.out(0).as<float>(), k, false});
}

CACHALOT_KERNEL(linear_weight_gradient) {
  const auto& dy = call.in(0);
  const auto& x = call.in(1);
  const int64_t n = dy.dim(-1), k = x.dim(-1);
  gemm(call, {n, k, dy.rows(), dy.as<float>(), 1, n, x.data, k, 1, false, call.out(0).as<float>(), k, false});
}
