#include <cmath>
#include <map>
#include <set>

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
               {"dendrite_mean", "Mean over dendrites of each dendrite's own value.", "", {}},
               {"dendrite_sd", "Standard deviation over dendrites.", "", {}}};
  for (const GroupEstimate& e : statistics.estimates)
    t.rows.push_back({e.measure, cell(e.group), cell(e.from), cell(e.to),
                      e.measure == "density" ? "um" : study.denominator,
                      cell(static_cast<int>(e.animals.size())), cell(e.n_samples), cell(e.n_dendrites),
                      cell(e.events), cell(e.trials), cell(e.trials > 0 ? e.events / e.trials : std::nan("")),
                      cell(mean(e.of_animal)), cell(standard_deviation(e.of_animal)), cell(e.interval.low),
                      cell(e.interval.high), cell(mean(e.of_dendrite)),
                      cell(standard_deviation(e.of_dendrite))});
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
      {"p_holm", "The same, adjusted for all comparisons of this table (Holm).", "1", {}}};
  for (const Comparison& c : statistics.comparisons)
    t.rows.push_back({to_text(c.contrast), c.measure, cell(c.group_a), cell(c.group_b), cell(c.from),
                      cell(c.to), cell(c.n_a), cell(c.n_b), cell(c.difference), cell(c.interval.low),
                      cell(c.interval.high), cell(c.effect), cell(c.test.p), cell(static_cast<int>(c.test.n)),
                      c.test.exact ? "yes" : "no", cell(c.p_holm)});
  return t;
}

Table power_table(const GroupStatistics& statistics) {
  Table t;
  t.columns = {kMeasure,
               {"group", "Treatment whose scatter is taken.", "", {}},
               kFrom,
               kTo,
               {"animal_sd", "Standard deviation over animals.", "", {}},
               {"difference", "Difference of the rates to be found.", "", {}},
               {"power", "Probability of finding it at 5%, two-sided.", "1", {}},
               {"n_per_group", "Animals needed in each of two groups.", "1", {}}};
  for (const GroupEstimate& e : statistics.estimates) {
    const double sd = standard_deviation(e.of_animal);
    if (e.measure == "density" || !(sd > 0)) continue;
    for (double difference : {0.05, 0.10, 0.15})
      for (double power : {0.8, 0.9})
        t.rows.push_back({e.measure, cell(e.group), cell(e.from), cell(e.to), cell(sd), cell(difference),
                          cell(power), cell(animals_needed(difference, sd, power))});
  }
  return t;
}

Table behaviour_table(const GroupStatistics& statistics, const std::filesystem::path& behaviour,
                      double confidence) {
  const TableReader in(behaviour.string(), {"hours", "score"});
  const std::string animal = in.has("animal") ? "animal" : "participant_id";
  std::map<double, std::map<std::string, double>> scores;  // hours -> animal -> score
  for (size_t i = 0; i < in.rows(); ++i) {
    if (!in.number(i, "score")) continue;
    std::string name = in.required_text(i, animal);
    if (name.rfind("sub-", 0) != 0) name = "sub-" + name;
    scores[in.required_number(i, "hours")][name] = *in.number(i, "score");
  }
  Table t;
  t.columns = {kFrom,
               kTo,
               {"hours", "Time of the behavioural score.", "h", {}},
               {"n_animals", "Animals with both.", "1", {}},
               {"correlation", "Pearson's, of formation with the score.", "1", {}},
               {"low", "Lower end of its interval (Fisher's z).", "1", {}},
               {"high", "Upper end of it.", "1", {}},
               {"p_permutation", "Two-sided, animals permuted.", "1", {}}};
  std::set<std::pair<std::string, std::string>> done;
  for (const GroupEstimate& like : statistics.estimates) {
    if (like.measure != "formation" || !done.insert({like.from, like.to}).second) continue;
    for (const auto& [hours, of] : scores) {
      std::vector<double> x, y;
      for (const GroupEstimate& e : statistics.estimates) {
        if (e.measure != "formation" || e.from != like.from || e.to != like.to) continue;
        for (size_t i = 0; i < e.animals.size(); ++i)
          if (const auto score = of.find(e.animals[i]); score != of.end()) {
            x.push_back(e.of_animal[i]);
            y.push_back(score->second);
          }
      }
      const Correlation c = correlate(x, y, confidence);
      t.rows.push_back({cell(like.from), cell(like.to), cell(hours), cell(c.n), cell(c.r),
                        cell(c.interval.low), cell(c.interval.high), cell(c.test.p)});
    }
  }
  return t;
}

}  // namespace spinechron::report
