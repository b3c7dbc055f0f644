#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "core/error.hpp"
#include "host/least_size.hpp"
#include "host/library.hpp"
#include "host/parameters.hpp"

namespace spinechron::host {
namespace {

constexpr uint32_t kMostStages = 256, kMostParams = 256;

bool is_name(const char* text, const char* extra) {
  if (!text || !(text[0] >= 'a' && text[0] <= 'z')) return false;
  const size_t n = strnlen(text, 65);
  return n <= 64 && std::all_of(text, text + n, [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || std::strchr(extra, c);
         });
}

bool is_sentence(const char* text) {
  if (!text || !text[0]) return false;
  const size_t n = strnlen(text, 1001);
  return n <= 1000 && std::none_of(text, text + n, [](char c) { return c >= 0 && c < ' '; });
}

std::string shown(const char* text) {
  return text ? fmt::format("'{}'", std::string_view(text, strnlen(text, 64))) : "missing";
}

// `where` says which part of the descriptor it is.
template <typename T>
void check_size(uint32_t given, const std::string& where) {
  if (given < kLeastSize<T>)
    throw UsageError(
        "{} is {} bytes, but ABI {}.{} has {}: set its size to sizeof and build against this version's "
        "spinechron_plugin.h",
        where, given, SPINECHRON_ABI_MAJOR, SPINECHRON_ABI_MINOR, kLeastSize<T>);
}

void check_param(const sc_param& p, std::set<std::string>& seen, const std::string& stage) {
  if (!is_name(p.name, "_"))
    throw UsageError("{}: a parameter's name is {}; use a-z, 0-9 and _, a letter first", stage,
                     shown(p.name));
  const std::string where = fmt::format("{}, parameter '{}'", stage, p.name);
  if (!seen.insert(p.name).second) throw UsageError("{} is declared twice; give each its own name", where);
  if (!p.unit) throw UsageError("{} has no unit; write \"\" where a unit makes no sense", where);
  if (!is_sentence(p.meaning)) throw UsageError("{} has no meaning; say it in one sentence", where);
  if (p.type < SC_PARAM_FLAG || p.type > SC_PARAM_LIST)
    throw UsageError("{} has the unknown type {}; use one of sc_param_type", where, p.type);
  if (p.type <= SC_PARAM_NUMBER) {
    if (std::isnan(p.low) || std::isnan(p.high) || !(p.low <= p.high))
      throw UsageError("{} has the range {} to {}; the low end must not be above the high one", where, p.low,
                       p.high);
    if (!(p.initial >= p.low && p.initial <= p.high))
      throw UsageError("{} has the default {}, outside its own range {} to {}", where, p.initial, p.low,
                       p.high);
    if (p.type != SC_PARAM_NUMBER && (p.initial != std::floor(p.initial) || std::abs(p.initial) > 0x1p53))
      throw UsageError("{} has the default {}, but it is an integer", where, p.initial);
  } else {
    if (!p.text) throw UsageError("{} has no default text; give one, \"\" if it is empty", where);
    if (p.type == SC_PARAM_CHOICE) {
      const auto choices = split(p.choices ? p.choices : "", '|');
      if (std::find(choices.begin(), choices.end(), p.text) == choices.end())
        throw UsageError("{} has the default '{}', which is none of its choices '{}'", where, p.text,
                         p.choices ? p.choices : "");
    }
  }
}

void check_stage(const sc_stage* s, uint32_t number, const std::string& file) {
  const std::string nth = fmt::format("{}: the descriptor of stage {}", file, number + 1);
  if (!s) throw UsageError("{} is missing; n_stages counts more than there are", nth);
  check_size<sc_stage>(s->size, nth);
  if (s->kind < SC_DENOISE || s->kind > SC_MATCH)
    throw UsageError("{} has the unknown kind {}; use one of sc_kind", nth, s->kind);
  if (!is_name(s->name, "_"))
    throw UsageError("{} has the name {}; use a-z, 0-9 and _, a letter first", nth, shown(s->name));
  const std::string stage = fmt::format("{}: {} stage '{}'", file, kind_name(s->kind), s->name);
  if (!is_sentence(s->meaning)) throw UsageError("{} has no meaning; say it in one sentence", stage);
  const bool has[] = {s->denoise != nullptr, s->segment != nullptr, s->align != nullptr, s->detect != nullptr,
                      s->match != nullptr};
  for (uint32_t k = SC_DENOISE; k <= SC_MATCH; ++k)
    if (has[k - 1] != (k == s->kind))
      throw UsageError("{} {} a function '{}'; set the one that its kind names and leave the others NULL",
                       stage, has[k - 1] ? "has" : "lacks", kind_name(k));
  if (s->n_params > kMostParams)
    throw UsageError("{} says it has {} parameters; at most {} are possible", stage, s->n_params,
                     kMostParams);
  if (s->n_params && !s->params) throw UsageError("{} has no table of parameters; set `params`", stage);
  if (s->n_params && !s->create)
    throw UsageError("{} has parameters but no function 'create' to take them; define it", stage);
  std::set<std::string> seen;
  const auto* row = reinterpret_cast<const char*>(s->params);
  for (uint32_t i = 0; i < s->n_params; ++i) {
    const auto& p = *reinterpret_cast<const sc_param*>(row);
    check_size<sc_param>(p.size, fmt::format("{}: row {} of its parameters", stage, i + 1));
    check_param(p, seen, stage);
    row += p.size;
  }
}

}  // namespace

void check_descriptor(const sc_plugin* plugin, const std::string& file) {
  if (!plugin)
    throw UsageError(
        "{}: spinechron_plugin_entry() gave no descriptor; it must return one even to a host "
        "that it cannot serve",
        file);
  if (plugin->size < 3 * sizeof(uint32_t))
    check_size<sc_plugin>(plugin->size, file + ": the plugin's descriptor");
  if (plugin->abi_major != SPINECHRON_ABI_MAJOR || plugin->abi_minor > SPINECHRON_ABI_MINOR)
    throw UsageError("{}: it was built for plugin ABI {}.{}, and this spinechron has {}.{}; {}", file,
                     plugin->abi_major, plugin->abi_minor, SPINECHRON_ABI_MAJOR, SPINECHRON_ABI_MINOR,
                     plugin->abi_major < SPINECHRON_ABI_MAJOR
                         ? "build it again against this spinechron, or take an older one"
                         : "take a newer spinechron, or a build of it for this one");
  check_size<sc_plugin>(plugin->size, file + ": the plugin's descriptor");
  if (!is_name(plugin->name, "_-"))
    throw UsageError("{}: the plugin's name is {}; use a-z, 0-9, _ and -, a letter first", file,
                     shown(plugin->name));
  if (!is_sentence(plugin->version) || !is_sentence(plugin->meaning))
    throw UsageError("{}: the plugin says no version or no meaning; give both", file);
  if (plugin->n_stages < 1 || plugin->n_stages > kMostStages || !plugin->stages)
    throw UsageError("{}: the plugin lists {} stages; it must have 1 to {}", file, plugin->n_stages,
                     kMostStages);
  std::set<std::pair<uint32_t, std::string>> seen;
  for (uint32_t i = 0; i < plugin->n_stages; ++i) {
    const sc_stage* s = plugin->stages[i];
    check_stage(s, i, file);
    if (!seen.emplace(s->kind, s->name).second)
      throw UsageError("{}: {} stage '{}' is there twice; give each its own name", file, kind_name(s->kind),
                       s->name);
  }
}

}  // namespace spinechron::host
