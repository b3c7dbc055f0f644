#include "host/parameters.hpp"

#include <fmt/ranges.h>

#include <limits>
#include <sstream>

namespace spinechron::host {
namespace {

Value default_of(const sc_param& p) {
  switch (p.type) {
    case SC_PARAM_FLAG:
      return p.initial != 0;
    case SC_PARAM_INTEGER:
      return static_cast<std::int64_t>(p.initial);
    case SC_PARAM_NUMBER:
      return p.initial;
    case SC_PARAM_LIST:
      return split(p.text, ',');
    default:
      return std::string(p.text);
  }
}

}  // namespace

StageKind kind_of(uint32_t sc_kind) {
  switch (sc_kind) {
    case SC_DENOISE:
      return StageKind::denoise;
    case SC_SEGMENT:
      return StageKind::segment;
    case SC_ALIGN:
      return StageKind::align;
    case SC_DETECT:
      return StageKind::detect;
    default:
      return StageKind::match;
  }
}

const char* kind_name(uint32_t sc_kind) {
  return to_text(kind_of(sc_kind));
}

std::vector<std::string> split(const std::string& text, char mark) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string item; std::getline(in, item, mark);) {
    const auto a = item.find_first_not_of(' '), b = item.find_last_not_of(' ');
    if (a != std::string::npos) out.push_back(item.substr(a, b - a + 1));
  }
  return out;
}

std::vector<const sc_param*> rows_of(const sc_stage& stage) {
  std::vector<const sc_param*> rows;
  const auto* row = reinterpret_cast<const char*>(stage.params);
  for (uint32_t i = 0; i < stage.n_params; ++i) {
    rows.push_back(reinterpret_cast<const sc_param*>(row));
    row += rows.back()->size;
  }
  return rows;
}

std::vector<Value> defaults_of(const sc_stage& stage) {
  std::vector<Value> values;
  for (const sc_param* p : rows_of(stage)) values.push_back(default_of(*p));
  return values;
}

Params params_of(const sc_stage& stage, std::vector<Value>& values) {
  Params params;
  size_t i = 0;
  for (const sc_param* row : rows_of(stage)) {
    Param p;
    p.name = row->name;
    p.unit = row->unit;
    p.meaning = row->meaning;
    p.initial = default_of(*row);
    if (row->type == SC_PARAM_INTEGER || row->type == SC_PARAM_NUMBER) {
      constexpr double kAll = std::numeric_limits<double>::max();
      if (row->low > -kAll) p.low = row->low;
      if (row->high < kAll) p.high = row->high;
    }
    if (row->type == SC_PARAM_CHOICE) p.choices = split(row->choices, '|');
    Value& value = values[i++];
    p.assign = [&value](const Value& v) { value = v; };
    p.read = [&value] { return value; };
    params.add(std::move(p));
  }
  return params;
}

CValues::CValues(const std::vector<Value>& values) : values_(values.size() + 1) {
  texts_.reserve(values.size());  // pointers into it must stay
  for (size_t i = 0; i < values.size(); ++i) {
    const Value& v = values[i];
    if (const auto* flag = std::get_if<bool>(&v))
      values_[i].integer = *flag ? 1 : 0;
    else if (const auto* integer = std::get_if<std::int64_t>(&v))
      values_[i].integer = *integer;
    else if (const auto* number = std::get_if<double>(&v))
      values_[i].number = *number;
    else {
      const auto* list = std::get_if<std::vector<std::string>>(&v);
      texts_.push_back(list ? fmt::format("{}", fmt::join(*list, "\n")) : std::get<std::string>(v));
      values_[i].text = texts_.back().c_str();
    }
  }
}

}  // namespace spinechron::host
