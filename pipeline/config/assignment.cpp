#include "config/assignment.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/sections.hpp"
#include "core/error.hpp"

namespace spinechron {
namespace {

constexpr const char* kLegalValues = "a value is true or false, a number, a text or a list of texts";

std::string line_of(const std::string& name, const toml::node& node) {
  return fmt::format("{} line {}", name, node.source().begin.line);
}

const char* kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a date or time";
    case toml::node_type::table:
      return "a section";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a text";
    default:
      return "a number or true or false";
  }
}

Value value_of(const std::string& key, const toml::node& node, const std::string& where) {
  if (const auto* v = node.as_boolean()) return v->get();
  if (const auto* v = node.as_integer()) return v->get();
  if (const auto* v = node.as_floating_point()) return v->get();
  if (const auto* v = node.as_string()) return v->get();
  if (const auto* array = node.as_array()) {
    std::vector<std::string> texts;
    for (const toml::node& item : *array) {
      if (!item.is_string())
        throw UsageError("{}: '{}' holds {} in a list; {}", where, key, kind_of(item), kLegalValues);
      texts.push_back(item.as_string()->get());
    }
    return texts;
  }
  throw UsageError("{}: '{}' is {}; {}", where, key, kind_of(node), kLegalValues);
}

void flatten(const toml::table& table, const std::string& section, const std::string& name,
             std::vector<Assignment>& out) {
  for (const auto& [key, node] : table) {
    const std::string k(key.str());
    const std::string where = line_of(name, node);
    if (const auto* inner = node.as_table()) {
      const std::string path = section.empty() ? k : section + "." + k;
      out.push_back({path, "", {}, false, where});
      flatten(*inner, path, name, out);
    } else {
      out.push_back({section, k, value_of(k, node, where), false, where});
    }
  }
}

size_t line_number(const Assignment& a) {
  return std::stoul(a.where.substr(a.where.rfind(' ') + 1));
}

}  // namespace

std::vector<Assignment> parse_toml(std::string_view text, const std::string& name) {
  toml::table table;
  try {
    table = toml::parse(text, name);
  } catch (const toml::parse_error& e) {
    throw UsageError("{} line {}: this is not TOML: {}", name, e.source().begin.line,
                     std::string(e.description()));
  }
  std::vector<Assignment> out;
  flatten(table, "", name, out);
  // toml++ keeps keys in the order of the alphabet; the first wrong line should be the one that is named
  std::stable_sort(out.begin(), out.end(),
                   [](const Assignment& a, const Assignment& b) { return line_number(a) < line_number(b); });
  return out;
}

std::vector<Assignment> read_toml(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::exists(path, error))
    throw UsageError("{}: there is no such configuration file; give one with --config", path);
  std::ifstream in(path, std::ios::binary);
  std::string text;
  if (!fs::is_directory(path, error)) text.assign(std::istreambuf_iterator<char>(in), {});
  if (fs::is_directory(path, error) || !in.is_open() || in.bad())
    throw UsageError("{}: cannot be read; give a TOML file that you may read", path);
  std::vector<Assignment> out = parse_toml(text, path);
  for (Assignment& a : out) {
    auto* files = std::get_if<std::vector<std::string>>(&a.value);
    if (!a.section.empty() || a.key != "plugins" || !files) continue;
    for (std::string& f : *files)
      if (f.find('/') != std::string::npos)
        f = (fs::absolute(path).parent_path() / f).lexically_normal().string();
  }
  return out;
}

Assignment parse_set(const std::string& option) {
  const std::string where = "--set " + option;
  const size_t equals = option.find('=');
  const std::string path = option.substr(0, equals);
  const size_t dot = path.rfind('.');
  if (equals == std::string::npos || dot == std::string::npos || dot == 0 || dot + 1 == path.size())
    throw UsageError("{}: say it as --set section.key=value, for example --set report.confidence=0.9", where);
  return {path.substr(0, dot), path.substr(dot + 1), option.substr(equals + 1), true, where};
}

std::vector<std::string> plugins_of(const std::vector<Assignment>& assignments) {
  TopLevel top;
  const Params params = top.params();
  for (const Assignment& a : assignments)
    if (a.section.empty() && a.key == "plugins") apply(params, a);
  return top.plugins;
}

}  // namespace spinechron
