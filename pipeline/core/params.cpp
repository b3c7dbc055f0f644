#include "core/params.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "core/error.hpp"
#include "core/nearest.hpp"

namespace spinechron {
namespace {

template <typename T>
Param bound(std::string name, T& field, std::string unit, std::string meaning) {
  Param p;
  p.name = std::move(name);
  p.unit = std::move(unit);
  p.meaning = std::move(meaning);
  p.initial = Value(field);
  p.assign = [&field](const Value& v) { field = std::get<T>(v); };
  p.read = [&field] { return Value(field); };
  return p;
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string item; std::getline(in, item, ',');) {
    const auto a = item.find_first_not_of(" \t"), b = item.find_last_not_of(" \t");
    if (a != std::string::npos) out.push_back(item.substr(a, b - a + 1));
  }
  return out;
}

// Whole numbers may stand where a number is asked for.
Value converted(const Param& p, const Value& v) {
  if (std::holds_alternative<double>(p.initial) && std::holds_alternative<std::int64_t>(v))
    return static_cast<double>(std::get<std::int64_t>(v));
  if (v.index() != p.initial.index()) throw UsageError("'{}' is {}, not {}", p.name, p.legal(), to_text(v));
  return v;
}

}  // namespace

std::string to_text(const Value& value) {
  return std::visit(
      [](const auto& v) -> std::string {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::vector<std::string>>)
          return fmt::format("{}", fmt::join(v, ", "));
        else
          return fmt::format("{}", v);
      },
      value);
}

std::string Param::type_name() const {
  static constexpr const char* names[] = {"boolean", "integer", "number", "text", "list of texts"};
  return names[initial.index()];
}

std::string Param::legal() const {
  if (std::holds_alternative<bool>(initial)) return "true or false";
  if (!choices.empty()) return fmt::format("one of {}", fmt::join(choices, ", "));
  if (initial.index() == 3) return "a text";
  if (initial.index() == 4) return "a list of texts";
  const std::string kind = initial.index() == 1 ? "an integer" : "a number";
  const std::string with_unit = unit.empty() || unit == "1" ? "" : " " + unit;
  if (std::isinf(low) && std::isinf(high)) return kind + (with_unit.empty() ? "" : " in" + with_unit);
  if (std::isinf(high)) return fmt::format("{} from {}{} up", kind, low, with_unit);
  return fmt::format("{} from {} to {}{}", kind, low, high, with_unit);
}

Params& Params::flag(std::string name, bool& field, std::string meaning) {
  return add(bound(std::move(name), field, "", std::move(meaning)));
}

Params& Params::integer(std::string name, int& field, Range range, std::string unit, std::string meaning) {
  Param p;
  p.name = std::move(name);
  p.unit = std::move(unit);
  p.meaning = std::move(meaning);
  p.initial = Value(static_cast<std::int64_t>(field));
  p.low = std::max<double>(range.low, std::numeric_limits<int>::min());
  p.high = std::min<double>(range.high, std::numeric_limits<int>::max());
  p.assign = [&field](const Value& v) { field = static_cast<int>(std::get<std::int64_t>(v)); };
  p.read = [&field] { return Value(static_cast<std::int64_t>(field)); };
  return add(std::move(p));
}

Params& Params::number(std::string name, double& field, Range range, std::string unit, std::string meaning) {
  Param p = bound(std::move(name), field, std::move(unit), std::move(meaning));
  p.low = range.low;
  p.high = range.high;
  return add(std::move(p));
}

Params& Params::text(std::string name, std::string& field, std::string meaning) {
  return add(bound(std::move(name), field, "", std::move(meaning)));
}

Params& Params::choice(std::string name, std::string& field, std::vector<std::string> choices,
                       std::string meaning) {
  Param p = bound(std::move(name), field, "", std::move(meaning));
  p.choices = std::move(choices);
  return add(std::move(p));
}

Params& Params::list(std::string name, std::vector<std::string>& field, std::string meaning) {
  return add(bound(std::move(name), field, "", std::move(meaning)));
}

Params& Params::add(Param param) {
  if (find(param.name)) throw Error("parameter '{}' is declared twice", param.name);
  params_.push_back(std::move(param));
  return *this;
}

const Param* Params::find(const std::string& name) const {
  const auto it =
      std::find_if(params_.begin(), params_.end(), [&](const Param& p) { return p.name == name; });
  return it == params_.end() ? nullptr : &*it;
}

void Params::set(const std::string& name, const Value& value) const {
  const Param* p = find(name);
  if (!p) {
    std::vector<std::string> names;
    for (const Param& q : params_) names.push_back(q.name);
    if (names.empty()) throw UsageError("unknown key '{}'; there are no keys here", name);
    throw UsageError("unknown key '{}'{}; legal keys: {}", name, did_you_mean(name, names),
                     fmt::join(names, ", "));
  }
  const Value v = converted(*p, value);
  const double number = v.index() == 1   ? static_cast<double>(std::get<std::int64_t>(v))
                        : v.index() == 2 ? std::get<double>(v)
                                         : 0.0;
  if ((v.index() == 1 || v.index() == 2) && !(std::isfinite(number) && number >= p->low && number <= p->high))
    throw UsageError("'{}' is {}, not {}", name, p->legal(), to_text(v));
  if (v.index() == 3 && !p->choices.empty() &&
      std::find(p->choices.begin(), p->choices.end(), std::get<std::string>(v)) == p->choices.end())
    throw UsageError("'{}' is {}, not '{}'", name, p->legal(), std::get<std::string>(v));
  p->assign(v);
}

void Params::set_from_text(const std::string& name, const std::string& text) const {
  const Param* p = find(name);
  if (!p || p->initial.index() == 3) return set(name, Value(text));
  if (p->initial.index() == 4) return set(name, Value(split_list(text)));
  if (p->initial.index() == 0) {
    if (text == "true" || text == "false") return set(name, Value(text == "true"));
    throw UsageError("'{}' is {}, not '{}'", name, p->legal(), text);
  }
  const char* end = text.data() + text.size();
  if (p->initial.index() == 1) {
    std::int64_t n = 0;
    if (const auto r = std::from_chars(text.data(), end, n); r.ec == std::errc() && r.ptr == end)
      return set(name, Value(n));
  } else {
    double x = 0;
    if (const auto r = std::from_chars(text.data(), end, x); r.ec == std::errc() && r.ptr == end)
      return set(name, Value(x));
  }
  throw UsageError("'{}' is {}, not '{}'", name, p->legal(), text);
}

}  // namespace spinechron
