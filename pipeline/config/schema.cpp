#include <cmath>
#include <nlohmann/json.hpp>

#include "config/describe.hpp"

namespace spinechron {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Value& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

Json schema_of(const Param& p) {
  static constexpr const char* types[] = {"boolean", "integer", "number", "string", "array"};
  Json out{{"type", types[p.initial.index()]}, {"description", p.meaning}, {"default", json_of(p.initial)}};
  if (p.initial.index() == 4) out["items"] = {{"type", "string"}};
  if (!p.choices.empty()) out["enum"] = p.choices;
  const auto limit = [&](double x) {
    return p.initial.index() == 1 ? Json(static_cast<std::int64_t>(x)) : Json(x);
  };
  if (p.initial.index() == 1 || p.initial.index() == 2) {
    if (std::isfinite(p.low)) out["minimum"] = limit(p.low);
    if (std::isfinite(p.high)) out["maximum"] = limit(p.high);
  }
  if (!p.unit.empty() && p.unit != "1") out["x-unit"] = p.unit;
  return out;
}

Json properties_of(const Params& params) {
  Json out = Json::object();
  for (const Param& p : params.all()) out[p.name] = schema_of(p);
  return out;
}

Json closed(const std::string& meaning, Json properties) {
  return {{"type", "object"},
          {"description", meaning},
          {"properties", std::move(properties)},
          {"additionalProperties", false}};
}

// A step with a choice of stages: the keys that are legal depend on the stage that is named.
Json step(const Description& own, const std::vector<const Description*>& stages) {
  Json properties = properties_of(own.params);
  if (own.section == "denoise") {
    Json names = Json::array();
    for (const Description* s : stages) {
      names.push_back(s->stage);
      properties[s->stage] = closed(s->meaning, properties_of(s->params));
    }
    properties["stage"]["items"]["enum"] = names;
    properties["stage"]["uniqueItems"] = true;
    return closed(own.meaning, properties);
  }
  Json choices = Json::array();
  for (const Description* s : stages) {
    Json all = properties;
    all["stage"] = {{"const", s->stage}, {"description", s->meaning}};
    for (const Param& p : s->params.all()) all[p.name] = schema_of(p);
    Json choice = closed(s->meaning, all);
    if (!s->by_default) choice["required"] = {"stage"};
    choices.push_back(choice);
  }
  return {{"description", own.meaning}, {"oneOf", choices}};
}

}  // namespace

nlohmann::ordered_json describe_schema(const std::vector<Description>& descriptions) {
  Json properties = Json::object();
  for (const Description& d : descriptions) {
    if (!d.stage.empty()) continue;
    std::vector<const Description*> stages;
    for (const Description& s : descriptions)
      if (s.section == d.section && !s.stage.empty()) stages.push_back(&s);
    if (d.section.empty())
      properties.update(properties_of(d.params));
    else
      properties[d.section] = d.params.find("stage") && !stages.empty()
                                  ? step(d, stages)
                                  : closed(d.meaning, properties_of(d.params));
  }
  Json out{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
           {"title", "spinechron configuration"}};
  out.update(closed("A configuration of spinechron; every section and key may be left out.", properties));
  return out;
}

}  // namespace spinechron
