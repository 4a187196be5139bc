#include "gemm_bf16.h"

CACHALOT_KERNEL(grouped_linear) {
  const float* x = call.in(0).as<float>();
  const int32_t* offsets = call.in(1).as<int32_t>();
  const int64_t k = call.in(0).dim(1);
  std::vector<Gemm> floats;
  std::vector<LinearBf16> halves;
  for (int i = 2; i < call.inputs; ++i) {
    const auto& w = call.in(i);
    const int64_t groups = w.dim(0), n = w.dim(1);
    for (int64_t g = 0; g < groups; ++g) {
      const int64_t first = offsets[g], rows = offsets[g + 1] - first;
      float* y = call.out(i - 2).as<float>() + first * n;
      if (w.dtype == cachalot::DType::kBF16)
        halves.push_back({rows, n, k, x + first * k, k, w.as<uint16_t>() + g * n * k, y, n});
      else if (w.dtype == cachalot::DType::kU8)
        halves.push_back({rows, n, k, x + first * k, k, nullptr, y, n, w.as<uint8_t>() + g * n * (k + 4)});
      else
        floats.push_back({rows, n, k, x + first * k, k, 1, w.as<float>() + g * n * k, 1, k, false, y, n, false});
    }
  }
  if (!halves.empty()) linear_bf16(call, x, call.in(0).dim(0), k, halves);
  if (!floats.empty()) gemm_batch(call, floats);
}

CACHALOT_KERNEL(grouped_linear_input_gradient) {
  const float* dy = call.in(0).as<float>();
  const auto& w = call.in(1);
  const int32_t* offsets = call.in(2).as<int32_t>();
  const bool bf16 = w.dtype == cachalot::DType::kBF16;
  const int64_t groups = w.dim(0), n = w.dim(1), k = w.dim(2);
  std::vector<Gemm> products;
  for (int64_t g = 0; g < groups; ++g)
    products.push_back({offsets[g + 1] - offsets[g], k, n, dy + offsets[g] * n, n, 1,
                        static_cast<const char*>(w.data) + g * n * k * (bf16 ? 2 : 4), k, 1, bf16,
                        call.out(0).as<float>() + offsets[g] * k, k, false});
  gemm_batch(call, products);
}

CACHALOT_KERNEL(grouped_linear_weight_gradient) {
  const float* dy = call.in(0).as<float>();
  const float* x = call.in(1).as<float>();
  const int32_t* offsets = call.in(2).as<int32_t>();
  const int64_t groups = call.out(0).dim(0), n = call.out(0).dim(1), k = call.out(0).dim(2);
  std::vector<Gemm> products;
  for (int64_t g = 0; g < groups; ++g)
    products.push_back({n, k, offsets[g + 1] - offsets[g], dy + offsets[g] * n, 1, n, x + offsets[g] * k, k, 1, false,
                        call.out(0).as<float>() + g * n * k, k, false});
  gemm_batch(call, products);
}
