#include <charconv>
#include <cmath>

#include "core/error.hpp"
#include "io/tiff_plan.hpp"

namespace spinechron::io_detail {

std::vector<size_t> stack_pages(const TiffFile& file, TiffPlan& plan) {
  const auto& pages = file.pages();
  std::vector<size_t> chosen;
  size_t odd = 0;
  for (size_t i = 0; i < pages.size(); ++i) {
    if (i > 0 && pages[i].reduced) continue;
    const bool same = pages[i].width == pages[0].width && pages[i].height == pages[0].height &&
                      pages[i].type == pages[0].type && pages[i].samples == pages[0].samples;
    if (same)
      chosen.push_back(i);
    else
      ++odd;
  }
  if (odd > 0)
    plan.warnings.push_back(fmt::format(
        "{} holds {} pages of another size or type than the first; they were left out.", file.path(), odd));
  return chosen;
}

std::map<std::string, std::string> key_values(const std::string& text, char separator) {
  std::map<std::string, std::string> result;
  const auto trimmed = [](std::string piece) {
    const size_t begin = piece.find_first_not_of(" \t");
    const size_t end = piece.find_last_not_of(" \t");
    return begin == std::string::npos ? std::string() : piece.substr(begin, end - begin + 1);
  };
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find_first_of("\r\n", begin), text.size());
    const size_t middle = text.find(separator, begin);
    if (middle < end)
      result.emplace(trimmed(text.substr(begin, middle - begin)),
                     trimmed(text.substr(middle + 1, end - middle - 1)));
    begin = end + 1;
  }
  return result;
}

std::optional<double> to_number(const std::string& text) {
  double value = 0;
  const auto [rest, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> to_count(const std::map<std::string, std::string>& keys,
                                      const std::string& key) {
  const auto found = keys.find(key);
  if (found == keys.end()) return std::nullopt;
  const auto value = to_number(found->second);
  if (!value || *value < 0 || *value > 1e6 || *value != std::floor(*value)) return std::nullopt;
  return std::uint64_t(*value);
}

TiffPlan plan_plain(const TiffFile& file, const PlanRequest& request) {
  TiffPlan plan;
  plan.format = "TIFF";
  plan.paths = {request.path()};
  const std::vector<size_t> pages = stack_pages(file, plan);
  check_is_z_stack(request.path(), pages.size(), 1);
  const size_t channel = choose_channel(request.path(), std::vector<std::string>(file.pages()[0].samples),
                                        request.session, request.options);
  for (const size_t page : pages) plan.slices.push_back({{0, page, unsigned(channel)}});
  return plan;
}

}  // namespace spinechron::io_detail
