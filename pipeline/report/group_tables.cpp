#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/error.hpp"
#include "report/group_statistics.hpp"

namespace spinechron::report {
namespace {

const std::vector<std::pair<std::string, std::string>> kMeasures = {
    {"elimination", "spines lost over the denominator"},
    {"formation", "spines gained over the denominator"},
    {"density", "spines a um of dendrite"}};

const Column kMeasure = {"measure", "What is estimated.", "", kMeasures};
const Column kFrom = {"session_from", "Earlier session of the interval; n/a for density.", "", {}};
const Column kTo = {"session_to", "Later session of the interval, or the session.", "", {}};

}  // namespace

Table estimates_table(const GroupStatistics& statistics, const Study& study) {
  Table t;
  t.columns = {kMeasure,
               {"group", "Treatment.", "", {}},
               kFrom,
               kTo,
               {"hours", "Length of the interval, mean over dendrites.", "h", {}},
               {"denominator", "What elimination and formation are divided by.", "", {}},
               {"n_animals", "Animals.", "1", {}},
               {"n_samples", "Fields of view.", "1", {}},
               {"n_dendrites", "Dendrites.", "1", {}},
               {"n_events", "Spines lost, gained, or there.", "1", {}},
               {"n_denominator", "Sum of the denominators: spines, or um.", "", {}},
               {"pooled", "n_events over n_denominator.", "", {}},
               {"animal_mean", "Mean over animals of each animal's events over its denominators.", "", {}},
               {"animal_sd", "Standard deviation over animals.", "", {}},
               {"low", "Lower end of the interval of animal_mean (bootstrap of whole animals).", "", {}},
               {"high", "Upper end of it.", "", {}},
               {"animal_mean_per_24h", "animal_mean x 24 / hours.", "", {}},
               {"dendrite_mean", "Mean over dendrites of each dendrite's own value.", "", {}},
               {"dendrite_sd", "Standard deviation over dendrites.", "", {}}};
  for (const GroupEstimate& e : statistics.estimates)
    t.rows.push_back({e.measure, cell(e.group), cell(e.from), cell(e.to), cell(e.hours),
                      e.measure == "density" ? "um" : study.denominator,
                      cell(static_cast<int>(e.animals.size())), cell(e.n_samples), cell(e.n_dendrites),
                      cell(e.events), cell(e.trials), cell(e.trials > 0 ? e.events / e.trials : std::nan("")),
                      cell(mean(e.of_animal)), cell(standard_deviation(e.of_animal)), cell(e.interval.low),
                      cell(e.interval.high),
                      cell(e.hours > 0 ? mean(e.of_animal) * 24 / e.hours : std::nan("")),
                      cell(mean(e.of_dendrite)), cell(standard_deviation(e.of_dendrite))});
  return t;
}

Table comparisons_table(const GroupStatistics& statistics) {
  Table t;
  t.columns = {
      {"contrast",
       "What is compared.",
       "",
       {{"between_groups", "group_b minus group_a in that interval"},
        {"change_within_group", "that interval minus the first one, in the same animals"},
        {"change_between_groups", "the change from the first interval, group_b minus group_a"}}},
      kMeasure,
      {"group_a", "First group.", "", {}},
      {"group_b", "Second group; the same for a change within a group.", "", {}},
      kFrom,
      kTo,
      {"n_a", "Animals of group_a.", "1", {}},
      {"n_b", "Animals of group_b.", "1", {}},
      {"difference", "Difference of the means over animals.", "", {}},
      {"low", "Lower end of its interval (bootstrap of whole animals).", "", {}},
      {"high", "Upper end of it.", "", {}},
      {"effect_size",
       "Hedges' g; for a change within a group its mean over its standard deviation.",
       "1",
       {}},
      {"p_permutation",
       "Two-sided, whole animals permuted (signs flipped for a change within a group).",
       "1",
       {}},
      {"n_permutations", "Permutations used.", "1", {}},
      {"exact", "Whether these are all there are.", "", {{"yes", "all of them"}, {"no", "a random part"}}},
      {"p_holm", "The same, adjusted for all comparisons of the same contrast and measure (Holm).", "1", {}}};
  for (const Comparison& c : statistics.comparisons)
    t.rows.push_back({to_text(c.contrast), c.measure, cell(c.group_a), cell(c.group_b), cell(c.from),
                      cell(c.to), cell(c.n_a), cell(c.n_b), cell(c.difference), cell(c.interval.low),
                      cell(c.interval.high), cell(c.effect), cell(c.test.p), cell(static_cast<int>(c.test.n)),
                      c.test.exact ? "yes" : "no", cell(c.p_holm)});
  return t;
}

Table power_table(const GroupStatistics& statistics) {
  Table t;
  t.columns = {{"contrast",
                "What two groups are to be compared in.",
                "",
                {{"between_groups", "the rates of that interval"},
                 {"change_between_groups", "the changes of the rates from the first interval"}}},
               kMeasure,
               {"group", "Treatment whose scatter is taken.", "", {}},
               kFrom,
               kTo,
               {"animal_sd", "Standard deviation over animals.", "", {}},
               {"difference", "Difference to be found.", "", {}},
               {"power", "Probability of finding it at 5%, two-sided (t-test).", "1", {}},
               {"n_per_group", "Animals needed in each of two groups.", "1", {}}};
  const auto add = [&](Contrast contrast, const auto& of, const std::string& group, double sd) {
    if (of.measure == "density" || !(sd > 0)) return;
    for (double difference : {0.05, 0.10, 0.15})
      for (double power : {0.8, 0.9})
        t.rows.push_back({to_text(contrast), of.measure, cell(group), cell(of.from), cell(of.to), cell(sd),
                          cell(difference), cell(power), cell(animals_needed(difference, sd, power))});
  };
  for (const GroupEstimate& e : statistics.estimates)
    add(Contrast::between_groups, e, e.group, standard_deviation(e.of_animal));
  for (const Comparison& c : statistics.comparisons)
    if (c.contrast == Contrast::change_within_group) add(Contrast::change_between_groups, c, c.group_a, c.sd);
  return t;
}

Table counts_table(const Study& study) {
  Table t;
  t.columns = {
      {"animal", "Animal.", "", {}},
      {"sample", "Field of view.", "", {}},
      {"dendrite", "Dendrite.", "", {}},
      {"group", "Treatment.", "", {}},
      {"session_from", "Earlier session of the interval.", "", {}},
      {"session_to", "Later session of the interval.", "", {}},
      {"hours", "Time between the sessions.", "h", {}},
      {"measure", "What is counted.", "", {kMeasures[0], kMeasures[1]}},
      {"events", "Spines lost, or gained.", "1", {}},
      {"rest",
       "Spines present at the earlier session minus events; 0 where more were gained than were there.",
       "1",
       {}}};
  for (const Observation& o : study.observations)
    if (o.measure != "density" && o.n_before > 0) {
      const double events = std::min(o.events, o.n_before);
      t.rows.push_back({cell(o.animal), cell(o.sample), cell(o.dendrite), cell(o.group), cell(o.from),
                        cell(o.to), cell(o.hours), o.measure, cell(events), cell(o.n_before - events)});
    }
  return t;
}

std::string wide_csv(const GroupStatistics& statistics) {
  const auto quoted = [](const std::string& text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + '"';
  };
  std::vector<std::string> columns;
  std::vector<std::pair<std::string, std::string>> animals;  // group, animal; in the order of groups
  std::map<std::pair<std::string, std::string>, std::map<std::string, double>> values;
  for (const GroupEstimate& e : statistics.estimates) {
    const std::string column =
        e.measure + " " + (e.from.empty() ? "at " + e.to : "from " + e.from + " to " + e.to);
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) columns.push_back(column);
    for (size_t i = 0; i < e.animals.size(); ++i) {
      const std::pair<std::string, std::string> animal{e.group, e.animals[i]};
      if (values.find(animal) == values.end()) animals.push_back(animal);
      values[animal][column] = e.of_animal[i];
    }
  }
  std::string out = "animal,group";
  for (const std::string& column : columns) out += "," + quoted(column);
  out += '\n';
  for (const auto& animal : animals) {
    out += quoted(animal.second) + "," + quoted(animal.first);
    for (const std::string& column : columns) {
      const auto at = values[animal].find(column);
      out += "," + (at == values[animal].end() ? "" : cell(at->second));
    }
    out += '\n';
  }
  return out;
}

Table behaviour_table(const GroupStatistics& statistics, const std::filesystem::path& behaviour,
                      double confidence) {
  const TableReader in(behaviour.string(), {"hours", "score"});
  const std::string animal = in.has("animal") ? "animal" : "participant_id";
  std::map<double, std::map<std::string, double>> scores;  // hours -> animal -> score
  for (size_t i = 0; i < in.rows(); ++i)
    if (const std::optional<double> score = in.number(i, "score"))
      scores[in.required_number(i, "hours")][in.required_text(i, animal)] = *score;
  // "sub-01" of a study may be "sub-01" or "01" there; "saline/97" of a table, "saline/97" or "97".
  const auto score_of = [](const std::map<std::string, double>& of, const std::string& name) {
    auto at = of.find(name);
    for (const std::string& prefix : {std::string("sub-"), name.substr(0, name.find('/') + 1)})
      if (at == of.end() && !prefix.empty() && name.rfind(prefix, 0) == 0)
        at = of.find(name.substr(prefix.size()));
    return at == of.end() ? std::nullopt : std::optional<double>(at->second);
  };
  Table t;
  t.columns = {{"group", "Treatment, or `all` animals together.", "", {}},
               kFrom,
               kTo,
               {"hours", "Time of the behavioural score.", "h", {}},
               {"n_animals", "Animals with both.", "1", {}},
               {"correlation", "Pearson's, of formation with the score.", "1", {}},
               {"low", "Lower end of its interval (Fisher's z).", "1", {}},
               {"high", "Upper end of it.", "1", {}},
               {"p_permutation", "Two-sided, animals permuted.", "1", {}}};
  std::vector<std::string> groups = {"all"};
  for (const GroupEstimate& e : statistics.estimates)
    if (std::find(groups.begin(), groups.end(), e.group) == groups.end()) groups.push_back(e.group);
  if (groups.size() == 2) groups.pop_back();  // the only group is all
  bool any = false;
  std::set<std::pair<std::string, std::string>> done;
  for (const GroupEstimate& like : statistics.estimates) {
    if (like.measure != "formation" || !done.insert({like.from, like.to}).second) continue;
    for (const auto& [hours, of] : scores)
      for (size_t g = 0; g < groups.size(); ++g) {
        std::vector<double> x, y;
        for (const GroupEstimate& e : statistics.estimates) {
          if (e.measure != "formation" || e.from != like.from || e.to != like.to) continue;
          if (g > 0 && e.group != groups[g]) continue;
          for (size_t i = 0; i < e.animals.size(); ++i)
            if (const std::optional<double> score = score_of(of, e.animals[i])) {
              any = true;
              x.push_back(e.of_animal[i]);
              y.push_back(*score);
            }
        }
        const Correlation c = correlate(x, y, confidence);
        t.rows.push_back({cell(groups[g]), cell(like.from), cell(like.to), cell(hours), cell(c.n), cell(c.r),
                          cell(c.interval.low), cell(c.interval.high), cell(c.test.p)});
      }
  }
  if (!any && !statistics.estimates.empty())
    throw Error("{}, column {}: none of its animals is in the study: name them as the column '{}' of {} does",
                behaviour.string(), animal, "animal", "group_counts.tsv");
  return t;
}

}  // namespace spinechron::report
