#pragma once
// Tiny networks in the ONNX format, written field by field (onnx.proto3), so that no training tool is needed.

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace spinechron::test {

/// A protocol-buffer message under construction.
class Proto {
 public:
  Proto& number(unsigned field, std::uint64_t value) {
    varint(field << 3);
    varint(value);
    return *this;
  }
  Proto& bytes(unsigned field, const std::string& text) {
    varint(field << 3 | 2);
    varint(text.size());
    out_ += text;
    return *this;
  }
  Proto& message(unsigned field, const Proto& m) { return bytes(field, m.out_); }
  const std::string& text() const { return out_; }

 private:
  void varint(std::uint64_t v) {
    for (; v > 0x7f; v >>= 7) out_ += static_cast<char>((v & 0x7f) | 0x80);
    out_ += static_cast<char>(v);
  }
  std::string out_;
};

/// Dimensions as a network declares them; 0 is left open.
using Shape = std::vector<std::uint64_t>;

inline Proto value_info(const std::string& name, const Shape& shape) {
  Proto dims;
  for (std::uint64_t n : shape) dims.message(1, n ? Proto().number(1, n) : Proto().bytes(2, "any"));
  return Proto().bytes(1, name).message(2, Proto().message(1, Proto().number(1, 1).message(2, dims)));
}

inline Proto weights(const std::string& name, const Shape& shape, const std::vector<float>& values) {
  Proto p;
  for (std::uint64_t n : shape) p.number(1, n);
  std::string raw(values.size() * sizeof(float), '\0');
  std::memcpy(raw.data(), values.data(), raw.size());
  return p.number(2, 1).bytes(8, name).bytes(9, raw);
}

inline Proto integers(const std::string& name, const std::vector<std::uint64_t>& values) {
  Proto p;
  p.bytes(1, name);
  for (std::uint64_t v : values) p.number(8, v);
  return p.number(20, 7);
}

/// input -> convolution with `kernel` (same size out; `stride` above 1 makes it smaller) plus `bias`, for
/// each of `channels` outputs -> sigmoid if asked for -> output. `input` has rank 4 or 5; the kernel is a
/// cube of side `side`.
inline std::string convolution_model(const Shape& input, std::uint64_t side, const std::vector<float>& kernel,
                                     const std::vector<float>& bias, bool sigmoid, std::uint64_t stride = 1) {
  const std::size_t axes = input.size() - 2;
  Shape shape{bias.size(), input[1]};
  for (std::size_t i = 0; i < axes; ++i) shape.push_back(side);
  const std::vector<std::uint64_t> sides(axes, side), pads(2 * axes, side / 2), strides(axes, stride);
  Proto conv;
  conv.bytes(1, "input").bytes(1, "kernel").bytes(1, "bias").bytes(2, sigmoid ? "linear" : "output");
  conv.bytes(3, "conv").bytes(4, "Conv");
  conv.message(5, integers("kernel_shape", sides)).message(5, integers("pads", pads));
  conv.message(5, integers("strides", strides));
  Proto graph;
  graph.message(1, conv);
  if (sigmoid)
    graph.message(1, Proto().bytes(1, "linear").bytes(2, "output").bytes(3, "squash").bytes(4, "Sigmoid"));
  graph.bytes(2, "tiny");
  graph.message(5, weights("kernel", shape, kernel)).message(5, weights("bias", {bias.size()}, bias));
  graph.message(11, value_info("input", input));
  Shape output = input;
  output[1] = bias.size();
  for (std::size_t i = 2; i < output.size(); ++i) output[i] = stride == 1 ? output[i] : 0;
  graph.message(12, value_info("output", output));
  return Proto().number(1, 7).message(7, graph).message(8, Proto().bytes(1, "").number(2, 11)).text();
}

}  // namespace spinechron::test
