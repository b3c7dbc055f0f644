#pragma once
// A series small enough to count by hand: one dendrite of 20 um in three sessions.

#include "core/result.hpp"

namespace spinechron::report {

/// A track with one letter a session: '1', '0', '?'; p_present 0.9 / 0.1, p_event 0.8.
inline Track track(int id, double arc_um, Side side, const std::string& fate, int dendrite_id = 1) {
  Track t;
  t.spine_id = id;
  t.dendrite_id = dendrite_id;
  t.arc_um = arc_um;
  t.side = side;
  for (char c : fate) {
    Track::InSession in;
    in.state = c == '1' ? State::present : c == '0' ? State::absent : State::not_assessable;
    in.p_present = c == '1' ? 0.9 : c == '0' ? 0.1 : 0.5;
    const double y = side == Side::left ? 7.0 : 9.0;
    in.measures.head_um = Vec3(2 + arc_um, y, 4);
    in.measures.base_um = Vec3(2 + arc_um, 8 + 0.4 * (y - 8), 4);
    in.measures.length_um = 1.25;
    in.measures.head_diameter_um = 0.5;
    in.measures.kind = SpineClass::thin;
    in.ref_um = in.measures.head_um;
    t.sessions.push_back(in);
  }
  t.p_event.assign(fate.size() - 1, 0.8);
  return t;
}

/// `n` sessions that look alike: a bright shaft along y = 8 um, z = 4 um from x = 2 to 22 um.
inline SeriesResult tiny_series(size_t n = 3) {
  SeriesResult r;
  r.series.subject = "01";
  r.series.sample = "A";
  r.series.group = "saline";
  const char* labels[] = {"baseline", "stress", "ketamine", "late"};
  for (size_t s = 0; s < n; ++s) {
    SessionResult in;
    in.session.label = labels[s];
    in.session.path = std::string(labels[s]) + ".tif";
    in.session.hours = 48.0 * static_cast<double>(s);
    in.image = Image({96, 64, 9}, Vec3(0.25, 0.25, 1.0), 1.0F);
    for (size_t x = 8; x <= 88; ++x)
      for (size_t y = 30; y <= 34; ++y) in.image.at(x, y, 4) = 100.0F;
    Dendrite d;
    d.id = 1;
    for (int i = 0; i <= 200; ++i) d.centreline.push_back(Vec3(2 + 0.1 * i, 8, 4));
    d.radius_um.assign(d.centreline.size(), 0.5);
    d.snr = 12;
    in.frame.arc_step_um = 0.1;
    in.frame.dendrites.push_back(d);
    std::vector<double> arc;
    for (int i = 0; i <= 200; ++i) arc.push_back(0.1 * i);
    in.frame.arc_from_reference.push_back(arc);
    in.frame.error_um.emplace_back(arc.size(), 0.05);
    r.sessions.push_back(std::move(in));
  }
  return r;
}

}  // namespace spinechron::report
