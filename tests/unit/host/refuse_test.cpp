// Everything that is checked of what a plugin hands in: a good item passes, and each way of spoiling it is
// told by name.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "host/accept.hpp"

namespace spinechron::host {
namespace {

using testing::HasSubstr;

constexpr double kInf = std::numeric_limits<double>::infinity();

/// One item of each kind with everything it points to, as a careful plugin would write it.
struct Items {
  Image image{{40, 20, 4}, {0.1, 0.1, 1}};
  double points[6] = {0.5, 1, 1, 3, 1, 1}, radius[2] = {0.3, 0.3};
  double arcs[4] = {0, 0.1, NAN, 0.3}, errors[4] = {0.1, 0.1, NAN, 0.1};
  const double *arc_list = arcs, *error_list = errors;
  uint64_t n_arcs = 4;
  sc_dendrite dendrite{};
  const sc_dendrite* dendrite_list = &dendrite;
  sc_frame frame{};
  sc_measures measures{};
  sc_candidate candidate{};
  sc_site site{};
  const sc_site* sites[2] = {&site, &site};
  double p_event[1] = {0.5};
  sc_track track{};
  sc_denoised denoised{};

  Items() {
    dendrite.size = sizeof(dendrite);
    dendrite.id = 1;
    dendrite.n_points = 2;
    dendrite.points_um = points;
    dendrite.radius_um = radius;
    frame.size = sizeof(frame);
    frame.usable = 1;
    frame.reason = "";
    frame.linear[0] = frame.linear[4] = frame.linear[8] = 1;
    frame.n_dendrites = 1;
    frame.dendrites = &dendrite_list;
    frame.arc_step_um = 0.1;
    frame.n_arcs = &n_arcs;
    frame.arc_from_reference = &arc_list;
    frame.error_um = &error_list;
    measures = {sizeof(measures), SC_THIN, {1, 1.5, 1}, {1, 1.3, 1}, 0.5, 0.4, NAN, NAN, 0.3, 5};
    candidate = {sizeof(candidate), 1, 0.5, 0.7, SC_LEFT, 0, &measures};
    site = {sizeof(site), SC_PRESENT, 0.9, {1, 1.5, 1}, &measures, ""};
    track = {sizeof(track), 1, 1, SC_LEFT, 0.5, 2, sites, p_event};
    denoised.gain = denoised.lateral_sigma_um = denoised.axial_sigma_um = 1;
  }
  Items(const Items&) = delete;

  void accept(const Frame* first = nullptr) {
    std::vector<std::vector<double>> plugin_arcs;
    accept_dendrite(dendrite, image, {}, plugin_arcs);
    const Frame f = accept_frame(frame, image, first);
    Frame
        whole;  // the candidate and the track are looked at even where the frame was spoilt in a harmless way
    whole.dendrites = f.dendrites;
    accept_candidate(candidate, image, whole);
    accept_track(track, 0, {whole, whole});
    accept_denoised(denoised, image.clone());
  }
};

TEST(Accept, TakesWhatACarefulPluginWrites) {
  Items good;
  EXPECT_NO_THROW(good.accept());
  const Frame first = accept_frame(good.frame, good.image, nullptr);
  EXPECT_NO_THROW(good.accept(&first));
}

struct Spoilt {
  const char* sentence;
  std::function<void(Items&)> spoil;
};
class Refuse : public testing::TestWithParam<Spoilt> {};

TEST_P(Refuse, SaysWhatIsWrong) {
  const Items good;
  const Frame first = accept_frame(good.frame, good.image, nullptr);
  Items bad;
  GetParam().spoil(bad);
  try {
    bad.accept(&first);
    FAIL() << "nothing was refused; expected: " << GetParam().sentence;
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr(GetParam().sentence));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Dendrite, Refuse,
    testing::Values(Spoilt{"ids must be 1 or more", [](Items& i) { i.dendrite.id = 0; }},
                    Spoilt{"has 1 points", [](Items& i) { i.dendrite.n_points = 1; }},
                    Spoilt{"points; it must have 2 or more",
                           [](Items& i) { i.dendrite.n_points = uint64_t{1} << 40; }},
                    Spoilt{"points_um is NULL", [](Items& i) { i.dendrite.points_um = nullptr; }},
                    Spoilt{"radius_um is NULL", [](Items& i) { i.dendrite.radius_um = nullptr; }},
                    Spoilt{"its snr is -1", [](Items& i) { i.dendrite.snr = -1; }},
                    Spoilt{"its snr is nan", [](Items& i) { i.dendrite.snr = NAN; }},
                    Spoilt{"point 0 is nan", [](Items& i) { i.points[1] = NAN; }},
                    Spoilt{"outside the image", [](Items& i) { i.points[3] = 4.2; }},
                    Spoilt{"points 0 and 1 are the same", [](Items& i) { i.points[3] = 0.5; }},
                    Spoilt{"its radius at point 0 is nan", [](Items& i) { i.radius[0] = NAN; }},
                    Spoilt{"its radius at point 1 is inf", [](Items& i) { i.radius[1] = kInf; }},
                    Spoilt{"names dendrite 3 as its parent", [](Items& i) { i.dendrite.parent = 3; }}));

INSTANTIATE_TEST_SUITE_P(
    Frame, Refuse,
    testing::Values(Spoilt{"linear part is nan", [](Items& i) { i.frame.linear[3] = NAN; }},
                    Spoilt{"shift_um is inf", [](Items& i) { i.frame.shift_um[2] = kInf; }},
                    Spoilt{"has the determinant 0", [](Items& i) { i.frame.linear[8] = 0; }},
                    Spoilt{"arc_step_um is 0", [](Items& i) { i.frame.arc_step_um = 0; }},
                    Spoilt{"arc_step_um is 0.2, and 0.1", [](Items& i) { i.frame.arc_step_um = 0.2; }},
                    Spoilt{"has 0 dendrites, and the first usable one 1",
                           [](Items& i) { i.frame.n_dendrites = 0; }},
                    Spoilt{"dendrites is NULL", [](Items& i) { i.frame.dendrites = nullptr; }},
                    Spoilt{"dendrite 1 of a frame is NULL", [](Items& i) { i.dendrite_list = nullptr; }},
                    Spoilt{"n_arcs is NULL", [](Items& i) { i.frame.n_arcs = nullptr; }},
                    Spoilt{"arc_from_reference is NULL", [](Items& i) { i.arc_list = nullptr; }},
                    Spoilt{"has 3 arc positions, and 4", [](Items& i) { i.n_arcs = 3; }},
                    Spoilt{"arc position 3 is 0.05 after 0.1", [](Items& i) { i.arcs[3] = 0.05; }},
                    Spoilt{"arc position 1 is inf", [](Items& i) { i.arcs[1] = kInf; }},
                    Spoilt{"standard error of its arc position 1 is -1", [](Items& i) { i.errors[1] = -1; }},
                    Spoilt{"gives no reason", [](Items& i) { i.frame.usable = 0; }}));

INSTANTIATE_TEST_SUITE_P(
    Candidate, Refuse,
    testing::Values(Spoilt{"the frame has no such dendrite", [](Items& i) { i.candidate.dendrite_id = 2; }},
                    Spoilt{"its arc_um is nan", [](Items& i) { i.candidate.arc_um = NAN; }},
                    Spoilt{"the dendrite goes from 0 to 2.500 um", [](Items& i) { i.candidate.arc_um = 9; }},
                    Spoilt{"its p is nan", [](Items& i) { i.candidate.p = NAN; }},
                    Spoilt{"its side is 2", [](Items& i) { i.candidate.side = 2; }},
                    Spoilt{"its measures is NULL", [](Items& i) { i.candidate.measures = nullptr; }},
                    Spoilt{"its measures: it is 8 bytes", [](Items& i) { i.measures.size = 8; }},
                    Spoilt{"its class is 5", [](Items& i) { i.measures.spine_class = 5; }},
                    Spoilt{"its length_um is -0.5", [](Items& i) { i.measures.length_um = -0.5; }},
                    Spoilt{"its volume_um3 is inf", [](Items& i) { i.measures.volume_um3 = kInf; }},
                    Spoilt{"brightness or snr is infinite", [](Items& i) { i.measures.snr = kInf; }},
                    Spoilt{"its head_um is nan", [](Items& i) { i.measures.head_um[0] = NAN; }},
                    Spoilt{"its head_um is (9.000", [](Items& i) { i.measures.head_um[0] = 9; }},
                    Spoilt{"its base_um is nan", [](Items& i) { i.measures.base_um[0] = NAN; }}));

INSTANTIATE_TEST_SUITE_P(
    Track, Refuse,
    testing::Values(
        Spoilt{"track 2 was handed in where track 1 was due", [](Items& i) { i.track.spine_id = 2; }},
        Spoilt{"lies on dendrite 9, which no frame has", [](Items& i) { i.track.dendrite_id = 9; }},
        Spoilt{"track 1: its arc_um is inf", [](Items& i) { i.track.arc_um = kInf; }},
        Spoilt{"has 1 sites for 2 sessions", [](Items& i) { i.track.n_sites = 1; }},
        Spoilt{"its sites is NULL", [](Items& i) { i.track.sites = nullptr; }},
        Spoilt{"session 2 is NULL", [](Items& i) { i.sites[1] = nullptr; }},
        Spoilt{"session 1: it is 4 bytes", [](Items& i) { i.site.size = 4; }},
        Spoilt{"its state is 3", [](Items& i) { i.site.state = 3; }},
        Spoilt{"its p_present is 1.1", [](Items& i) { i.site.p_present = 1.1; }},
        Spoilt{"its ref_um is nan", [](Items& i) { i.site.ref_um[1] = NAN; }},
        Spoilt{"is not assessable and gives no reason", [](Items& i) { i.site.state = SC_NOT_ASSESSABLE; }},
        Spoilt{"its p_event is NULL", [](Items& i) { i.track.p_event = nullptr; }},
        Spoilt{"its p_event 1 is nan", [](Items& i) { i.p_event[0] = NAN; }},
        Spoilt{"track 1: its side is 7", [](Items& i) { i.track.side = 7; }}));

INSTANTIATE_TEST_SUITE_P(
    Denoised, Refuse,
    testing::Values(
        Spoilt{"its gain is 0", [](Items& i) { i.denoised.gain = 0; }},
        Spoilt{"its lateral_sigma_um is nan", [](Items& i) { i.denoised.lateral_sigma_um = NAN; }},
        Spoilt{"its axial_sigma_um is -1", [](Items& i) { i.denoised.axial_sigma_um = -1; }},
        Spoilt{"its offset is inf", [](Items& i) { i.denoised.offset = kInf; }},
        Spoilt{"its read_sigma is -1", [](Items& i) { i.denoised.read_sigma = -1; }},
        Spoilt{"its motion_um is nan", [](Items& i) { i.denoised.motion_um = NAN; }},
        Spoilt{"correlation of its noise is 1.5", [](Items& i) { i.denoised.column_correlation = 1.5; }},
        Spoilt{"its clipped_fraction is 2", [](Items& i) { i.denoised.clipped_fraction = 2; }},
        Spoilt{"its saturated_fraction is -1", [](Items& i) { i.denoised.saturated_fraction = -1; }}));

}  // namespace
}  // namespace spinechron::host
