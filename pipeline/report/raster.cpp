#include <cairo.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "core/error.hpp"
#include "report/png_file.hpp"
#include "report/scene.hpp"

namespace spinechron::report {
namespace {

constexpr double kMostPixels = 30000;  // a side; cairo takes 32767

using Surface = std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)>;
using Cairo = std::unique_ptr<cairo_t, decltype(&cairo_destroy)>;

Surface new_surface(cairo_format_t format, int nx, int ny) {
  Surface s(cairo_image_surface_create(format, nx, ny), cairo_surface_destroy);
  if (cairo_surface_status(s.get()) != CAIRO_STATUS_SUCCESS)
    throw Error("the figure of {} x {} pixels cannot be painted ({}): lower report.figure_dpi", nx, ny,
                cairo_status_to_string(cairo_surface_status(s.get())));
  return s;
}

void set_colour(cairo_t* c, const std::string& colour, double alpha = 1) {
  const auto part = [&](size_t i) { return std::stoi(colour.substr(i, 2), nullptr, 16) / 255.0; };
  cairo_set_source_rgba(c, part(1), part(3), part(5), alpha);
}

void trace(cairo_t* c, const Mark& mark) {
  cairo_new_path(c);
  for (const Mark::Line& line : mark.lines) {
    cairo_new_sub_path(c);
    for (const Point& p : line.points) cairo_line_to(c, p.x, p.y);
    if (line.closed) cairo_close_path(c);
  }
  for (const Mark::Circle& circle : mark.circles) {
    cairo_new_sub_path(c);
    cairo_arc(c, circle.centre.x, circle.centre.y, circle.radius, 0, 2 * std::numbers::pi);
    cairo_close_path(c);
  }
}

void paint(cairo_t* c, const Mark& mark) {
  cairo_set_line_cap(c, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(c, CAIRO_LINE_JOIN_ROUND);
  trace(c, mark);
  if (mark.halo > 0) {
    set_colour(c, "#000000", 0.75);
    cairo_set_line_width(c, mark.stroke_width + 2 * mark.halo);
    cairo_stroke_preserve(c);
  }
  if (!mark.fill.empty()) {
    set_colour(c, mark.fill);
    cairo_fill_preserve(c);
  }
  if (!mark.stroke.empty()) {
    set_colour(c, mark.stroke);
    cairo_set_line_width(c, mark.stroke_width);
    cairo_set_dash(c, mark.dash.data(), static_cast<int>(mark.dash.size()), 0);
    cairo_stroke_preserve(c);
    cairo_set_dash(c, nullptr, 0, 0);
  }
  cairo_new_path(c);
}

void paint(cairo_t* c, const Picture& p) {
  const int nx = static_cast<int>(p.raster->nx), ny = static_cast<int>(p.raster->ny);
  const Surface s = new_surface(CAIRO_FORMAT_RGB24, nx, ny);
  cairo_surface_flush(s.get());
  unsigned char* bytes = cairo_image_surface_get_data(s.get());
  const int stride = cairo_image_surface_get_stride(s.get());
  for (int y = 0; y < ny; ++y)
    for (int x = 0; x < nx; ++x) {
      const std::uint32_t v = p.raster->grey[static_cast<size_t>(y) * p.raster->nx + static_cast<size_t>(x)];
      const std::uint32_t pixel = v << 16 | v << 8 | v;
      std::memcpy(bytes + y * stride + 4 * x, &pixel, 4);
    }
  cairo_surface_mark_dirty(s.get());
  cairo_save(c);
  cairo_translate(c, p.x, p.y);
  cairo_rectangle(c, 0, 0, p.width, p.height);
  cairo_clip(c);
  cairo_scale(c, p.width / nx, p.height / ny);
  cairo_set_source_surface(c, s.get(), 0, 0);
  cairo_pattern_set_filter(cairo_get_source(c), CAIRO_FILTER_GOOD);
  cairo_pattern_set_extend(cairo_get_source(c), CAIRO_EXTEND_PAD);
  cairo_paint(c);
  cairo_restore(c);
}

void paint(cairo_t* c, const Text& t) {
  cairo_select_font_face(c, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                         t.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(c, t.size * 0.92);  // DejaVu is wider than the fonts the SVG names first
  cairo_text_extents_t extents;
  cairo_text_extents(c, t.text.c_str(), &extents);
  const double shift = t.anchor == Text::Anchor::start    ? 0
                       : t.anchor == Text::Anchor::middle ? 0.5 * extents.x_advance
                                                          : extents.x_advance;
  cairo_move_to(c, t.x - shift, t.y);
  if (t.halo > 0) {
    cairo_text_path(c, t.text.c_str());
    set_colour(c, "#000000", 0.75);
    cairo_set_line_width(c, 2 * t.halo);
    cairo_set_line_join(c, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(c);
    cairo_move_to(c, t.x - shift, t.y);
  }
  set_colour(c, t.colour);
  cairo_show_text(c, t.text.c_str());
  cairo_new_path(c);
}

}  // namespace

std::string to_png(const Scene& scene, double dpi) {
  dpi = std::min(dpi, 72 * kMostPixels / std::max(scene.width, scene.height));
  const double scale = dpi / 72;
  const Surface s = new_surface(CAIRO_FORMAT_RGB24, static_cast<int>(std::lround(scene.width * scale)),
                                static_cast<int>(std::lround(scene.height * scale)));
  {
    const Cairo c(cairo_create(s.get()), cairo_destroy);
    cairo_set_source_rgb(c.get(), 1, 1, 1);
    cairo_paint(c.get());
    cairo_scale(c.get(), scale, scale);
    for (const auto& thing : scene.things) std::visit([&](const auto& t) { paint(c.get(), t); }, thing);
  }
  cairo_surface_flush(s.get());
  const int nx = cairo_image_surface_get_width(s.get()), ny = cairo_image_surface_get_height(s.get());
  const auto* samples = cairo_image_surface_get_data(s.get());
  return pack_png({static_cast<size_t>(nx), static_cast<size_t>(ny),
                   static_cast<size_t>(cairo_image_surface_get_stride(s.get())), samples,
                   PngPixels::Kind::colour_of_32_bit, dpi});
}

Raster::Raster(size_t columns, size_t rows, std::vector<std::uint8_t> samples)
    : nx(columns), ny(rows), grey(std::move(samples)) {
  png_base64 = base64(pack_png({nx, ny, nx, grey.data(), PngPixels::Kind::grey, 0}));
}

}  // namespace spinechron::report
