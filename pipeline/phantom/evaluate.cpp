#include "phantom/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/error.hpp"

namespace spinechron {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// The number that reads as `x` to that many decimals.
double rounded(double x, int digits) {
  return std::stod(fmt::format("{:.{}f}", x, digits));
}

Json tally_json(const Tally& t) {
  return {{"tp", t.tp},
          {"fp", t.fp},
          {"fn", t.fn},
          {"precision", rounded(t.precision(), 3)},
          {"recall", rounded(t.recall(), 3)},
          {"f1", rounded(t.f1(), 3)}};
}

struct Rate {
  double truth = 0, found = 0, error = 0;
};
Rate mean_rate(const std::vector<std::array<double, 4>>& rates, size_t column) {
  Rate r;
  for (const auto& row : rates) {
    r.truth += row[column];
    r.found += row[column + 1];
    r.error += std::abs(row[column] - row[column + 1]);
  }
  const auto n = double(rates.size());
  return {r.truth / n, r.found / n, r.error / n};
}

Json counts_json(const Score& s) {
  auto counts = [](const Tally& t) -> Json { return {{"tp", t.tp}, {"fp", t.fp}, {"fn", t.fn}}; };
  Json rates = Json::array();
  for (const auto& r : s.rates)
    rates.push_back({rounded(r[0], 6), rounded(r[1], 6), rounded(r[2], 6), rounded(r[3], 6)});
  return {{"detection", counts(s.detection)},
          {"eliminated", counts(s.eliminated)},
          {"formed", counts(s.formed)},
          {"same", s.same},
          {"pairs", s.pairs},
          {"silent", s.silent},
          {"asked", s.asked},
          {"stable_verdicts", s.stable},
          {"changed_verdicts", s.changed},
          {"rates", rates}};
}

Json rate_json(const std::vector<std::array<double, 4>>& rates, size_t column) {
  if (rates.empty()) return nullptr;
  const Rate r = mean_rate(rates, column);
  return {{"truth", rounded(r.truth, 4)}, {"found", rounded(r.found, 4)}, {"mae", rounded(r.error, 4)}};
}

/// Files under `folder` by name; of equal names the first in the order of paths.
std::map<std::string, fs::path> files_by_name(const fs::path& folder) {
  std::map<std::string, fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    auto [it, fresh] = files.emplace(entry.path().filename().string(), entry.path());
    if (!fresh && entry.path() < it->second) it->second = entry.path();
  }
  return files;
}

double share(long part, long whole) {
  return double(part) / double(std::max(1L, whole));
}

}  // namespace

Calibration calibrate(const std::vector<Outcome>& outcomes) {
  Calibration c;
  std::array<Calibration::Bin, 10> bins;
  for (size_t i = 0; i < bins.size(); ++i) {
    bins[i].low = double(i) / 10;
    bins[i].high = double(i + 1) / 10;
  }
  for (const auto& o : outcomes) {
    auto& b = bins[size_t(std::clamp(o.p * 10, 0.0, 9.0))];
    ++b.n;
    b.mean_p += o.p;
    b.share_right += o.right;
    c.brier += (o.p - o.right) * (o.p - o.right);
  }
  c.n = long(outcomes.size());
  for (auto& b : bins) {
    if (b.n == 0) continue;
    b.mean_p /= double(b.n);
    b.share_right /= double(b.n);
    c.expected_error += share(b.n, c.n) * std::abs(b.mean_p - b.share_right);
    c.bins.push_back(b);
  }
  if (c.n) c.brier /= double(c.n);
  return c;
}

Evaluation evaluate(const std::string& truth, const std::string& result, double within_um) {
  if (!fs::is_directory(truth))
    throw UsageError("{}: is not a folder: name the folder that holds *_truth.tsv", truth);
  if (!fs::is_directory(result))
    throw UsageError("{}: is not a folder: name the output folder of a run", result);
  std::vector<std::string> stems;
  const std::string ending = "_truth.tsv";
  for (const auto& entry : fs::directory_iterator(truth)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(ending)) stems.push_back(name.substr(0, name.size() - ending.size()));
  }
  if (stems.empty())
    throw UsageError("{}: holds no *_truth.tsv: name the truth folder itself (PHANTOM/truth)", truth);
  std::sort(stems.begin(), stems.end());
  const auto files = files_by_name(result);
  Evaluation e;
  for (const auto& stem : stems) {
    const auto real = read_truth(Tsv::read((fs::path(truth) / (stem + ending)).string()));
    std::vector<FoundSpine> found;
    std::vector<FoundEvent> events;
    const auto spines = files.find(stem + "_spines.tsv");
    if (spines == files.end()) {
      e.missing.push_back(stem);
    } else {
      found = read_spines(Tsv::read(spines->second.string()));
      const fs::path table = spines->second.parent_path() / (stem + "_events.tsv");
      if (fs::exists(table)) {
        events = read_events(Tsv::read(table.string()));
        if (!e.calibration) e.calibration.emplace();
      }
      const fs::path region = fs::path(truth) / (stem + "_scoring_region.tsv");
      if (fs::exists(region)) {
        e.ignored_spines[stem] = keep_region(found, Tsv::read(region.string()), within_um);
        std::map<std::string, bool> kept;
        for (const auto& f : found) kept[f.spine_id] = true;
        std::erase_if(events, [&](const FoundEvent& v) { return !kept.contains(v.spine_id); });
      }
    }
    e.samples[stem] = with_context(stem, [&] { return score_sample(real, found, events); });
    e.score += e.samples[stem];
  }
  if (e.calibration) e.calibration = calibrate(e.score.outcomes);
  return e;
}

std::string to_json(const Evaluation& e) {
  const Score& s = e.score;
  Json j = {{"detection", tally_json(s.detection)},
            {"eliminated", tally_json(s.eliminated)},
            {"formed", tally_json(s.formed)},
            {"identity", rounded(share(s.same, s.pairs), 4)},
            {"stable_pairs", s.pairs},
            {"no_verdict", rounded(share(s.silent, s.asked), 4)},
            {"elimination_rate", rate_json(s.rates, 0)},
            {"formation_rate", rate_json(s.rates, 2)},
            {"missing", e.missing},
            {"ignored_spines", Json::object()},
            {"calibration", nullptr},
            {"samples", Json::object()}};
  for (const auto& [stem, score] : e.samples) j["samples"][stem] = counts_json(score);
  for (const auto& [stem, n] : e.ignored_spines) j["ignored_spines"][stem] = n;
  if (e.calibration) {
    const Calibration& c = *e.calibration;
    Json bins = Json::array();
    for (const auto& b : c.bins)
      bins.push_back({{"low", b.low},
                      {"high", b.high},
                      {"n", b.n},
                      {"mean_p", rounded(b.mean_p, 4)},
                      {"share_right", rounded(b.share_right, 4)}});
    j["calibration"] = {{"events", c.n},
                        {"expected_error", rounded(c.expected_error, 4)},
                        {"brier", rounded(c.brier, 4)},
                        {"bins", bins}};
  }
  return j.dump(1) + "\n";
}

std::string to_table(const Evaluation& e) {
  const Score& s = e.score;
  std::string text = fmt::format("{:<12}{:>6}{:>7}{:>8}{:>11}{:>8}{:>7}\n", "", "right", "wrong", "missed",
                                 "precision", "recall", "F1");
  auto line = [&](const char* name, const Tally& t) {
    text += fmt::format("{:<12}{:>6}{:>7}{:>8}{:>11.3f}{:>8.3f}{:>7.3f}\n", name, t.tp, t.fp, t.fn,
                        t.precision(), t.recall(), t.f1());
  };
  line("detection", s.detection);
  line("eliminated", s.eliminated);
  line("formed", s.formed);
  text += fmt::format("identity of stable spines {:.4f} ({} pairs), no verdict {:.4f} ({} asked)\n",
                      share(s.same, s.pairs), s.pairs, share(s.silent, s.asked), s.asked);
  if (!s.rates.empty()) {
    const Rate lost = mean_rate(s.rates, 0), born = mean_rate(s.rates, 2);
    text +=
        fmt::format("elimination rate {:.4f} found, {:.4f} true; formation rate {:.4f} found, {:.4f} true\n",
                    lost.found, lost.truth, born.found, born.truth);
  }
  if (e.calibration)
    text += fmt::format("calibration of {} events: expected error {:.4f}, Brier score {:.4f}\n",
                        e.calibration->n, e.calibration->expected_error, e.calibration->brier);
  for (const auto& [stem, n] : e.ignored_spines)
    text += fmt::format("{}: {} spines lie outside the annotated region and were left out\n", stem, n);
  for (const auto& stem : e.missing) text += fmt::format("{}: no result found\n", stem);
  return text;
}

}  // namespace spinechron
