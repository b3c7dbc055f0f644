#include "report/scene.hpp"

#include <algorithm>
#include <cmath>

namespace spinechron::report {
namespace {

struct Move {
  double dx, dy;
  void operator()(Point& p) const { p = {p.x + dx, p.y + dy}; }
  void operator()(Picture& p) const {
    p.x += dx;
    p.y += dy;
  }
  void operator()(Text& t) const {
    t.x += dx;
    t.y += dy;
  }
  void operator()(Mark& m) const {
    for (Mark::Line& line : m.lines)
      for (Point& p : line.points) (*this)(p);
    for (Mark::Circle& c : m.circles) (*this)(c.centre);
  }
};

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;  // of UTF-8
}

}  // namespace

void append(Scene& scene, const Scene& part, double dx, double dy) {
  for (auto thing : part.things) {
    std::visit(Move{dx, dy}, thing);
    scene.things.push_back(std::move(thing));
  }
}

std::string fitted(const std::string& text, double size, double room) {
  constexpr double kUsualWidth = 0.56;  // of a character, in its size
  const auto most = static_cast<std::ptrdiff_t>(std::max(2.0, std::floor(room / (kUsualWidth * size))));
  if (std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }) <= most)
    return text;
  std::string out;
  std::ptrdiff_t n = 0;
  for (char c : text) {
    if (!continues_character(c) && ++n == most) break;
    out += c;
  }
  return out + "\u2026";
}

}  // namespace spinechron::report
