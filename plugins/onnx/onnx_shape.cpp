#include "onnx_shape.hpp"

#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <string_view>

namespace {

struct Broken {};

/// Walks the fields of one message; lengths are checked against what is there.
class Message {
 public:
  explicit Message(std::string_view bytes) : rest_(bytes) {}

  struct Field {
    std::uint64_t number = 0;
    std::uint64_t value = 0;  // of a varint
    std::string_view bytes;   // of anything with a length
  };
  std::optional<Field> next() {
    if (rest_.empty()) return std::nullopt;
    Field f;
    const std::uint64_t key = varint();
    f.number = key >> 3;
    switch (key & 7) {
      case 0:
        f.value = varint();
        break;
      case 1:
        take(8);
        break;
      case 2:
        f.bytes = take(varint());
        break;
      case 5:
        take(4);
        break;
      default:
        throw Broken();
    }
    return f;
  }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (!(byte & 0x80)) return value;
    }
    throw Broken();
  }
  std::string_view take(std::uint64_t n) {
    if (n > rest_.size()) throw Broken();
    const std::string_view out = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return out;
  }
  std::string_view rest_;
};

void each(std::string_view bytes, std::uint64_t number, const std::function<void(std::string_view)>& use) {
  Message message(bytes);
  while (const auto f = message.next())
    if (f->number == number) use(f->bytes);
}

std::string_view last(std::string_view bytes, std::uint64_t number) {
  std::string_view out;
  each(bytes, number, [&](std::string_view b) { out = b; });
  return out;
}

std::vector<std::int64_t> shape_of(std::string_view value_info) {
  std::vector<std::int64_t> shape;
  each(last(last(last(value_info, 2), 1), 2), 1, [&](std::string_view dim) {
    std::int64_t size = -1;
    Message message(dim);
    while (const auto f = message.next())
      if (f->number == 1 && f->value > 0) {
        if (f->value > 1'000'000) throw Broken();  // voxels along an axis: no image has more
        size = static_cast<std::int64_t>(f->value);
      }
    shape.push_back(size);
  });
  return shape;
}

}  // namespace

std::vector<std::int64_t> onnx_input_shape(const std::string& bytes, const std::string& file) {
  try {
    const std::string_view graph = last(bytes, 7);
    std::set<std::string_view> weights;
    each(graph, 5, [&](std::string_view tensor) { weights.insert(last(tensor, 8)); });
    std::optional<std::vector<std::int64_t>> shape;
    each(graph, 11, [&](std::string_view input) {
      if (!shape && !weights.count(last(input, 1))) shape = shape_of(input);
    });
    if (shape) return *shape;
  } catch (const Broken&) {
    throw std::runtime_error(file +
                             ": this is no ONNX model, or it is damaged or cut short; export it again");
  }
  throw std::runtime_error(file + ": this ONNX model declares no input; export it again");
}
