#include "io/bids_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "io/bids.hpp"

namespace spinechron {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

bool natural_less(const std::string& a, const std::string& b) {
  size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      size_t i_end = i, j_end = j;
      while (i_end < a.size() && is_digit(a[i_end])) ++i_end;
      while (j_end < b.size() && is_digit(b[j_end])) ++j_end;
      while (i + 1 < i_end && a[i] == '0') ++i;
      while (j + 1 < j_end && b[j] == '0') ++j;
      if (i_end - i != j_end - j) return i_end - i < j_end - j;
      const int order = a.compare(i, i_end - i, b, j, j_end - j);
      if (order != 0) return order < 0;
      i = i_end, j = j_end;
    } else {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i, ++j;
    }
  }
  if ((i < a.size()) != (j < b.size())) return j < b.size();
  return a < b;  // "01" and "1"
}

namespace io_detail {

std::string BidsName::entity(const std::string& key) const {
  const auto found = entities.find(key);
  return found == entities.end() ? "" : found->second;
}

std::optional<BidsName> parse_bids_name(const std::string& file_name) {
  BidsName name;
  const size_t dot = file_name.find('.');
  if (dot == std::string::npos || dot == 0) return std::nullopt;
  name.extension = file_name.substr(dot);
  const std::string stem = file_name.substr(0, dot);
  for (size_t begin = 0; begin <= stem.size();) {
    const size_t end = std::min(stem.find('_', begin), stem.size());
    const std::string piece = stem.substr(begin, end - begin);
    const size_t dash = piece.find('-');
    const bool last = end == stem.size();
    if (last) {
      if (!is_label(piece)) return std::nullopt;
      name.suffix = piece;
      return name;
    }
    if (dash == std::string::npos || dash == 0 || !is_label(piece.substr(dash + 1))) return std::nullopt;
    if (!name.entities.emplace(piece.substr(0, dash), piece.substr(dash + 1)).second) return std::nullopt;
    begin = end + 1;
  }
  return std::nullopt;
}

bool is_image_extension(const std::string& extension) {
  static const std::array known = {".ome.tif",  ".ome.tiff", ".tif",  ".tiff", ".ome.btf",
                                   ".ome.zarr", ".nrrd",     ".nhdr", ".mha",  ".mhd"};
  return std::find(known.begin(), known.end(), extension) != known.end();
}

bool is_label(const std::string& text) {
  return !text.empty() && text.size() <= 100 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

std::string without_prefix(const std::string& text, const std::string& prefix) {
  return text.rfind(prefix, 0) == 0 ? text.substr(prefix.size()) : text;
}

std::string order_sessions(Series& series, const std::vector<std::string>& order) {
  auto& sessions = series.sessions;
  const auto rank = [&](const Session& s) {
    return std::find(order.begin(), order.end(), s.label) - order.begin();
  };
  std::sort(sessions.begin(), sessions.end(), [&](const Session& a, const Session& b) {
    return rank(a) != rank(b) ? rank(a) < rank(b) : natural_less(a.label, b.label);
  });
  const auto timed =
      std::count_if(sessions.begin(), sessions.end(), [](const Session& s) { return s.hours.has_value(); });
  if (size_t(timed) == sessions.size() && timed > 0) {
    std::stable_sort(sessions.begin(), sessions.end(),
                     [](const Session& a, const Session& b) { return *a.hours < *b.hours; });
    const double first = *sessions.front().hours;
    for (Session& session : sessions) *session.hours -= first;
    return "";
  }
  for (Session& session : sessions) session.hours.reset();
  if (timed == 0) return "";
  return fmt::format(
      "{}: only {} of its {} sessions have a time; times were left aside and the order of the session "
      "labels was used.",
      series.stem(), timed, sessions.size());
}

}  // namespace io_detail
}  // namespace spinechron
