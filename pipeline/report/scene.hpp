#pragma once
// A drawing as a list of simple things, written as SVG and painted as PNG from the same list. Lengths are in
// points (1/72 inch), y downwards.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace spinechron::report {

struct Point {
  double x = 0, y = 0;
};

/// A grey picture. It is packed once, when it is made, since several drawings show it.
struct Raster {
  Raster(size_t columns, size_t rows, std::vector<std::uint8_t> samples);
  size_t nx, ny;
  std::vector<std::uint8_t> grey;  ///< row by row, nx * ny
  std::string png_base64;          ///< as an 8-bit grey PNG file, in base64
};

/// A raster stretched over a rectangle.
struct Picture {
  double x, y, width, height;
  std::shared_ptr<const Raster> raster;
  std::string description;  ///< for readers who do not see it
};

/// What a drawn thing stands for; carried into the SVG so that it can be found, counted and hovered.
struct Meaning {
  std::string kind;                                       ///< class names: "arrow eliminated"
  std::string title;                                      ///< one plain sentence
  std::vector<std::pair<std::string, std::string>> data;  ///< data-NAME="VALUE"
};

/// Lines, polygons and circles of one style that belong together.
struct Mark {
  struct Line {
    std::vector<Point> points;
    bool closed = false;
  };
  struct Circle {
    Point centre;
    double radius;
  };
  std::vector<Line> lines;
  std::vector<Circle> circles;
  std::string fill;          ///< "#rrggbb", empty: none
  std::string stroke;        ///< "#rrggbb", empty: none
  double stroke_width = 0;   ///< points
  std::vector<double> dash;  ///< lengths on, off, ...; empty: solid
  double halo = 0;           ///< width of a dark rim around it, so that it shows on bright ground
  Meaning meaning;
};

struct Text {
  enum class Anchor { start, middle, end };
  double x, y;  ///< of the baseline
  double size;
  std::string text;
  std::string colour = "#000000";
  Anchor anchor = Anchor::start;
  bool bold = false;
  double halo = 0;  ///< width of a dark rim around the letters
};

/// Things are painted in the order of the list.
struct Scene {
  double width = 0, height = 0;
  std::string title;        ///< the drawing's name
  std::string description;  ///< one sentence
  std::vector<std::variant<Picture, Mark, Text>> things;
};

/// Adds what `part` shows, moved by (dx, dy).
void append(Scene& scene, const Scene& part, double dx, double dy);

/// `text`, cut with an ellipsis where its usual width in a size would exceed `room` points.
std::string fitted(const std::string& text, double size, double room);

/// The scene as SVG: text stays text, arrows are paths, pictures are embedded PNG. `id` sets the ids in it
/// apart from those of other drawings on a page.
std::string to_svg(const Scene& scene, const std::string& id = "figure");

/// The scene painted on white, as the bytes of a PNG file that states its resolution (lower than `dpi` where
/// a side would have more than 30000 pixels).
std::string to_png(const Scene& scene, double dpi);

/// `text` for use between tags and inside quoted attributes of XML and HTML; characters that XML forbids are
/// replaced.
std::string escaped(const std::string& text);

/// Base64 with padding.
std::string base64(const std::string& bytes);

}  // namespace spinechron::report
