#include "graph/store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>

#include "core/error.hpp"
#include "io/files.hpp"
#include "report/write_series.hpp"

namespace spinechron {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kStaging = ".spinechron-tmp";
constexpr std::uint64_t kLargestMark = 256ULL << 20;

std::int64_t ns_of(const timespec& t) {
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

std::int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return ns_of(now);
}

std::int64_t changed_ns(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? ns_of(info.st_mtim) : 0;
}

// What a result depends on beside the images' bytes; as text, so that a difference can be read.
std::string description_of(const Series& series) {
  Json out{{"group", series.group}, {"sessions", Json::array()}};
  for (const Session& session : series.sessions) {
    Json voxel = Json::array();
    for (const auto& size : session.voxel_um) voxel.push_back(size ? Json(*size) : Json());
    out["sessions"].push_back({{"label", session.label},
                               {"hours", session.hours ? Json(*session.hours) : Json()},
                               {"voxel_um", voxel},
                               {"channel", session.channel ? Json(*session.channel) : Json()}});
    if (session.lens)
      out["sessions"].back()["lens"] = {session.lens->numerical_aperture, session.lens->wavelength_um};
  }
  return out.dump();
}

// The files that hold a session's image, each with what tells quickly whether it changed. Their names are
// from the folder of the session's own file on, so that data may be moved or mounted elsewhere.
Json noted_files(const SessionResult& session, std::int64_t opened_ns) {
  Json noted = Json::array();
  const fs::path folder = fs::path(session.session.path).parent_path();
  for (const std::string& file : session.files) {
    const std::int64_t changed = changed_ns(file);
    noted.push_back({{"name", fs::path(file).lexically_relative(folder).string()},
                     {"bytes", file_bytes(file)},
                     {"changed_ns", changed < opened_ns ? changed : 0}});
  }
  return noted;
}

// Whether the session's image is what `input` noted: by sizes and times of change if they are as they were,
// else by its content.
bool is_unchanged(const Session& session, const Json& input) {
  std::vector<std::string> files;
  bool same_times = true;
  for (const Json& noted : input.at("files")) {
    files.push_back(
        files.empty()
            ? session.path
            : (fs::path(session.path).parent_path() / noted.at("name").get<std::string>()).string());
    if (file_bytes(files.back()) != noted.at("bytes").get<std::uint64_t>()) return false;
    const auto noted_ns = noted.at("changed_ns").get<std::int64_t>();
    same_times = same_times && noted_ns != 0 && noted_ns == changed_ns(files.back());
  }
  return !files.empty() && (same_times || sha256_of_files(files) == input.at("sha256").get<std::string>());
}

fs::path mark_of(const Series& series, const fs::path& out) {
  return report::series_file(out, series, "_provenance.json");
}

// The files in place that carry the series' name, relative to `out`: a former set, whole or not.
std::vector<fs::path> files_in_place(const fs::path& out, const Series& series) {
  std::vector<fs::path> found;
  const fs::path subject = out / ("sub-" + series.subject);
  const std::string begin = "sub-" + series.subject + "_", sample = "_sample-" + series.sample + "_";
  std::error_code none;
  const auto collect = [&](const fs::path& folder) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, none)) {
      const std::string name = entry.path().filename().string();
      if (name.rfind(begin, 0) == 0 && name.find(sample) != std::string::npos)
        found.push_back(fs::relative(entry.path(), out));
    }
  };
  collect(subject / "micr");
  for (const fs::directory_entry& entry : fs::directory_iterator(subject, none))
    if (entry.path().filename().string().rfind("ses-", 0) == 0) collect(entry.path() / "micr");
  std::sort(found.begin(), found.end());
  return found;
}

// `.report.html.4711.0.tmp`: a file of the whole folder that process 4711 was writing.
void remove_files_of_dead_processes(const fs::path& out) {
  static const std::regex in_the_making(R"(\..+\.([0-9]+)\.[0-9]+\.tmp)");
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator(out, none)) {
    std::smatch match;
    const std::string name = entry.path().filename().string();
    if (name.front() == '.' && std::regex_match(name, match, in_the_making) &&
        kill(static_cast<pid_t>(std::stol(match[1])), 0) != 0 && errno == ESRCH)
      fs::remove(entry.path(), none);
  }
}

std::vector<fs::path> files_under(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) found.push_back(fs::relative(entry.path(), folder));
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

ResultStore::ResultStore(std::string out, std::string maker)
    : out_(std::move(out)), maker_(std::move(maker)), opened_ns_(now_ns()) {
  char host[256] = "host";
  gethostname(host, sizeof host - 1);
  staging_ = fmt::format("{}/{}/{}-{}", out_, kStaging, host, getpid());
  std::error_code error;
  fs::create_directories(out_, error);
  if (error || access(out_.c_str(), W_OK | X_OK) != 0)
    throw UsageError(
        "{}: results cannot be written there ({}): choose another folder or mend its permissions", out_,
        error ? error.message() : errno_text(errno));
  remove_abandoned_staging(out_);
  remove_files_of_dead_processes(out_);
  // Another process that ends may take the empty parent away between the two steps.
  for (int attempt = 0; !lock_; ++attempt) {
    fs::create_directories(fs::path(staging_).parent_path(), error);
    try {
      if (auto taken = FileLock::try_take(staging_ + ".lock")) lock_.emplace(std::move(*taken));
    } catch (const Error& e) {
      if (attempt > 100) throw UsageError(e.what());
    }
    if (!lock_ && attempt > 100)
      throw UsageError("{}: another process holds {}.lock: wait until it has ended", out_, staging_);
  }
  fs::create_directories(staging_);
}

ResultStore::~ResultStore() {
  try {
    abandon();
    lock_->remove();
    std::error_code not_empty;
    fs::remove(fs::path(staging_).parent_path(), not_empty);
  } catch (...) {
    // The next process that opens the folder removes what is left.
  }
}

void ResultStore::abandon() const {
  std::error_code ignored;
  fs::remove_all(staging_, ignored);
}

std::string ResultStore::staging(const Series& series) const {
  return staging_ + "/" + series.stem();
}

std::string ResultStore::begin(const Series& series) const {
  discard(series);
  fs::create_directories(staging(series));
  return staging(series);
}

void ResultStore::discard(const Series& series) const {
  std::error_code ignored;
  fs::remove_all(staging(series), ignored);
}

bool ResultStore::is_done(const Series& series) const {
  try {
    const fs::path mark = mark_of(series, out_);
    if (!fs::exists(mark)) return false;
    const Json provenance = Json::parse(read_file(mark.string(), kLargestMark));
    const Json& completion = provenance.at("completion");
    const Json& inputs = completion.at("inputs");
    if (completion.at("maker") != maker_ || completion.at("series") != description_of(series) ||
        inputs.size() != series.sessions.size())
      return false;
    for (size_t i = 0; i < inputs.size(); ++i)
      if (!is_unchanged(series.sessions[i], inputs[i])) return false;
    size_t files = 0;
    for (const auto& [name, sha256] : completion.at("files").items()) {
      if (sha256_of_file(out_ + "/" + name) != sha256.get<std::string>()) return false;
      ++files;
    }
    return files > 0;
  } catch (const std::exception&) {
    return false;  // whatever is wrong with the old result or its inputs shows when the series is made again
  }
}

void ResultStore::publish(const SeriesResult& result, Json provenance) const {
  const Series& series = result.series;
  const fs::path from = staging(series), out = out_;
  Json inputs = Json::array();
  for (const SessionResult& session : result.sessions)
    inputs.push_back({{"session", session.session.label},
                      {"files", noted_files(session, opened_ns_)},
                      {"sha256", session.sha256}});
  const std::vector<fs::path> files = files_under(from);
  Json hashes = Json::object();
  for (const fs::path& file : files) hashes[file.string()] = sha256_of_file((from / file).string());
  provenance["completion"] = {
      {"maker", maker_}, {"series", description_of(series)}, {"inputs", inputs}, {"files", hashes}};
  const fs::path mark = mark_of(series, from);
  write_json(mark.string(), provenance);

  // Without its mark the former set counts as not there: from here to the last rename a kill costs this
  // series only.
  fs::remove(mark_of(series, out));
  for (const fs::path& old : files_in_place(out, series))
    if (!std::binary_search(files.begin(), files.end(), old)) fs::remove(out / old);
  const auto move = [&](const fs::path& file) {
    fs::create_directories((out / file).parent_path());
    fs::rename(from / file, out / file);
  };
  for (const fs::path& file : files) move(file);
  move(fs::relative(mark, from));
  discard(series);
}

void remove_abandoned_staging(const std::string& out) {
  const fs::path parent = fs::path(out) / kStaging;
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, none)) {
    if (entry.path().extension() != ".lock") continue;
    auto lock = FileLock::try_take(entry.path().string());
    if (!lock) continue;
    fs::path folder = entry.path();
    fs::remove_all(folder.replace_extension(), none);
    lock->remove();
  }
  fs::remove(parent, none);
}

}  // namespace spinechron
