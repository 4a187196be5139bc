#include "gemm_bf16.h"

CACHALOT_KERNEL(head_linear) {
  const auto& x = call.in(0);
  const float* w = call.in(1).as<float>();
  const bool transpose = call.attr(0) != 0;
  const int64_t rows = x.dim(0), heads = x.dim(1), in = x.dim(2), out = call.out(0).dim(2);
  if (call.in(1).dtype == cachalot::DType::kBF16) {
    std::vector<LinearBf16> products;
    for (int64_t h = 0; h < heads; ++h)
      products.push_back({rows, out, in, x.as<float>() + h * in, heads * in, call.in(1).as<uint16_t>() + h * in * out,
                          call.out(0).as<float>() + h * out, heads * out});
    return linear_bf16(call, x.as<float>(), rows * heads, in, products);
  }
  std::vector<Gemm> products;
  for (int64_t h = 0; h < heads; ++h)
    products.push_back({rows, out, in, x.as<float>() + h * in, heads * in, 1, w + h * in * out, transpose ? 1 : out,
                        transpose ? in : 1, false, call.out(0).as<float>() + h * out, heads * out, false});
  gemm_batch(call, products);
}

CACHALOT_KERNEL(head_linear_weight_gradient) {
  const auto& x = call.in(0);
  const auto& dy = call.in(1);
  const int64_t rows = x.dim(0), heads = x.dim(1), in = x.dim(2), out = dy.dim(2);
  std::vector<Gemm> products;
  for (int64_t h = 0; h < heads; ++h)
    products.push_back({in, out, rows, x.as<float>() + h * in, 1, heads * in, dy.as<float>() + h * out, heads * out, 1,
                        false, call.out(0).as<float>() + h * in * out, out, false});
  gemm_batch(call, products);
}
