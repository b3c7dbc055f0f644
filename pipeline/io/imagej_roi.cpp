#include "io/imagej_roi.hpp"

#include <bit>
#include <cmath>

#include "io/zip.hpp"

namespace spinechron {
namespace {

// Offsets in the first header, and in the second one, which begins right behind it.
constexpr size_t kHeader = 64, kSecondHeader = 64;
constexpr size_t kVersion = 4, kType = 6, kTop = 8, kLeft = 10, kBottom = 12, kRight = 14, kX = 18, kY = 22,
                 kWidth = 26, kHeight = 30, kStrokeWidth = 34, kStrokeColour = 40, kOptions = 50,
                 kPosition = 56, kSecondHeaderAt = 60;
constexpr size_t kNameAt = kHeader + 16, kNameLength = kHeader + 20;
constexpr std::uint32_t kOval = 2, kCurrentVersion = 227, kSubPixel = 128;

void put(std::string& bytes, size_t at, std::uint32_t value, int n_bytes) {
  for (int i = 0; i < n_bytes; ++i) bytes[at + size_t(i)] = char(value >> (8 * (n_bytes - 1 - i)) & 0xff);
}

void put_float(std::string& bytes, size_t at, double value) {
  put(bytes, at, std::bit_cast<std::uint32_t>(float(value)), 4);
}

}  // namespace

std::string to_roi(const ImagejOval& o) {
  std::string bytes(kHeader + kSecondHeader, '\0');
  bytes.replace(0, 4, "Iout");
  put(bytes, kVersion, kCurrentVersion, 2);
  put(bytes, kType, kOval, 1);
  const double left = o.centre_x - 0.5 * o.width, top = o.centre_y - 0.5 * o.height;
  const auto whole = [](double x) { return std::uint32_t(std::int32_t(std::floor(x))); };
  put(bytes, kTop, whole(top), 2);
  put(bytes, kLeft, whole(left), 2);
  put(bytes, kBottom, whole(std::ceil(top + o.height)), 2);
  put(bytes, kRight, whole(std::ceil(left + o.width)), 2);
  put_float(bytes, kX, left);
  put_float(bytes, kY, top);
  put_float(bytes, kWidth, o.width);
  put_float(bytes, kHeight, o.height);
  put(bytes, kStrokeWidth, 1, 2);
  put(bytes, kStrokeColour, 0xff000000U | o.rgb, 4);
  put(bytes, kOptions, kSubPixel, 2);
  put(bytes, kPosition, std::uint32_t(o.slice), 4);
  put(bytes, kSecondHeaderAt, kHeader, 4);
  put(bytes, kNameAt, std::uint32_t(bytes.size()), 4);
  put(bytes, kNameLength, std::uint32_t(o.name.size()), 4);
  for (const char c : o.name) bytes += {'\0', c};  // two bytes a letter; names are plain ASCII
  return bytes;
}

std::string to_roi_set(const std::vector<ImagejOval>& ovals) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const ImagejOval& oval : ovals) entries.emplace_back(oval.name + ".roi", to_roi(oval));
  return to_zip(entries);
}

}  // namespace spinechron
