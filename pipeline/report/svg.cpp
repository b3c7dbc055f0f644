#include <fmt/format.h>

#include "report/scene.hpp"

namespace spinechron::report {
namespace {

constexpr const char* kFonts = "Helvetica, Arial, 'DejaVu Sans', sans-serif";

// Two decimals of a point are finer than any printer.
std::string number(double x) {
  std::string s = fmt::format("{:.2f}", x);
  while (s.back() == '0') s.pop_back();
  if (s.back() == '.') s.pop_back();
  return s == "-0" ? "0" : s;
}

std::string path_of(const Mark& mark) {
  std::string d;
  for (const Mark::Line& line : mark.lines) {
    for (size_t i = 0; i < line.points.size(); ++i)
      d += fmt::format("{}{} {}", i ? "L" : "M", number(line.points[i].x), number(line.points[i].y));
    if (line.closed) d += "Z";
  }
  return d;
}

void add_shapes(std::string& out, const Mark& mark, const std::string& style) {
  if (!mark.lines.empty()) out += fmt::format("<path d=\"{}\" {}/>", path_of(mark), style);
  for (const Mark::Circle& c : mark.circles)
    out += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}/>", number(c.centre.x), number(c.centre.y),
                       number(c.radius), style);
}

std::string style_of(const Mark& mark) {
  std::string style = fmt::format("fill=\"{}\"", mark.fill.empty() ? "none" : mark.fill);
  if (!mark.stroke.empty()) {
    style += fmt::format(" stroke=\"{}\" stroke-width=\"{}\"", mark.stroke, number(mark.stroke_width));
    style += " stroke-linecap=\"round\" stroke-linejoin=\"round\"";
  }
  if (!mark.dash.empty()) {
    style += " stroke-dasharray=\"";
    for (size_t i = 0; i < mark.dash.size(); ++i) style += (i ? " " : "") + number(mark.dash[i]);
    style += "\"";
  }
  return style;
}

void add(std::string& out, const Mark& mark) {
  out += "<g";
  if (!mark.meaning.kind.empty()) out += fmt::format(" class=\"{}\"", escaped(mark.meaning.kind));
  for (const auto& [name, value] : mark.meaning.data)
    out += fmt::format(" data-{}=\"{}\"", name, escaped(value));
  out += ">";
  if (!mark.meaning.title.empty()) out += fmt::format("<title>{}</title>", escaped(mark.meaning.title));
  if (mark.halo > 0)
    add_shapes(out, mark,
               fmt::format("fill=\"none\" stroke=\"#000000\" stroke-opacity=\"0.75\" stroke-width=\"{}\" "
                           "stroke-linecap=\"round\" stroke-linejoin=\"round\"",
                           number(mark.stroke_width + 2 * mark.halo)));
  add_shapes(out, mark, style_of(mark));
  out += "</g>\n";
}

void add(std::string& out, const Picture& p) {
  out += fmt::format(
      "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" "
      "xlink:href=\"data:image/png;base64,{}\"><title>{}</title></image>\n",
      number(p.x), number(p.y), number(p.width), number(p.height), p.raster->png_base64,
      escaped(p.description));
}

void add(std::string& out, const Text& t) {
  static constexpr const char* anchors[] = {"start", "middle", "end"};
  const std::string halo = t.halo > 0
                               ? fmt::format(
                                     " paint-order=\"stroke\" stroke=\"#000000\" stroke-opacity=\"0.75\" "
                                     "stroke-width=\"{}\" stroke-linejoin=\"round\"",
                                     number(2 * t.halo))
                               : "";
  out +=
      fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\" text-anchor=\"{}\"{}{}>{}</text>\n",
                  number(t.x), number(t.y), number(t.size), t.colour, anchors[static_cast<int>(t.anchor)],
                  t.bold ? " font-weight=\"bold\"" : "", halo, escaped(t.text));
}

}  // namespace

std::string to_svg(const Scene& scene, const std::string& id) {
  const std::string w = number(scene.width), h = number(scene.height);
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
      "width=\"{}pt\" height=\"{}pt\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{}-title "
      "{}-desc\" font-family=\"{}\">\n",
      w, h, w, h, escaped(id), escaped(id), kFonts);
  out += fmt::format("<title id=\"{}-title\">{}</title>\n<desc id=\"{}-desc\">{}</desc>\n", escaped(id),
                     escaped(scene.title), escaped(id), escaped(scene.description));
  out += fmt::format("<rect width=\"{}\" height=\"{}\" fill=\"#ffffff\"/>\n", w, h);
  for (const auto& thing : scene.things) std::visit([&](const auto& t) { add(out, t); }, thing);
  return out + "</svg>\n";
}

std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

std::string base64(const std::string& bytes) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const size_t n = std::min<size_t>(3, bytes.size() - i);
    for (size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (size_t k = 0; k < 4; ++k) out += k <= n ? digits[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

}  // namespace spinechron::report
