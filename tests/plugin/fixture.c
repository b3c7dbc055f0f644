/*
 * A plugin with one small stage of each kind, and with one fault that FAULT names. FAULT = none is a good plugin.
 * The tests load each fault and expect its sentence: a check that cannot fail checks nothing.
 */
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "spinechron_plugin.h"

enum fault {
  none,
  /* of the descriptor */
  no_entry, null_descriptor, older_major, newer_major, newer_minor, short_plugin, short_stage, short_param,
  no_stages, null_stage, unknown_kind, bad_name, no_meaning, two_functions, no_function, stage_twice, param_twice,
  default_outside, no_unit, unknown_type, default_no_choice, range_reversed, params_without_create,
  /* of a run */
  nan_voxel, unwritten_voxel, no_gain, silent_failure, unknown_code, cancelled_unasked, failed_but_ok, plain_failure,
  nan_point, outside_point, ids_descend, no_radius, unknown_parent, wrong_item, null_item, short_item, one_point,
  frame_missing, frame_extra, short_dendrite, singular_frame, arcs_unsorted, other_dendrite, no_reason,
  nan_head, unknown_dendrite, bad_side, bad_class, bad_p, arc_outside, no_measures, short_measures,
  tracks_unsorted, site_missing, bad_state, nan_present, bad_event, no_site_reason, short_site,
  /* that only trying shows */
  writes_behind, writes_before, writes_input, writes_frame, other_each_time, racy, never_asks, asks_once, fails_when_cancelled,
  ignores_cancel, ignores_refusal, goes_on, crashes, hangs, prints, aborts, dies_at_low_end, silent_create, wants_model
};
static const enum fault fault = FAULT;
static volatile uintptr_t nowhere = 64; /* an address that belongs to nobody */

/* ---- denoise: mean of three neighbours along x, times `gain` ------------------------------------------ */

struct settings {
  double weight;
  int64_t rounds;
};

static int32_t create(const sc_host* host, const sc_value* values, void** instance) {
  struct settings* s;
  if (fault == silent_create) return SC_FAILED;
  if (fault == wants_model) return host->fail(host, "it needs the parameter 'mode' to name a model; give one");
  if (fault == dies_at_low_end && values[0].number == 0) *(volatile int*)nowhere = 1;
  s = malloc(sizeof(*s));
  if (!s) return host->fail(host, "out of memory");
  s->weight = values[0].number;
  s->rounds = values[1].integer;
  *instance = s;
  return SC_OK;
}

static void destroy(void* instance) { free(instance); }

static int asked(const sc_host* host) {
  if (fault == never_asks) return 0;
  return host->cancelled(host) && fault != ignores_cancel;
}

static float scratch[1 << 16]; /* what a careless author shares between threads */
static int runs;

static int32_t denoise(void* instance, const sc_host* host, const sc_stack* in, sc_denoised* out) {
  const struct settings* s = instance;
  const size_t n = (size_t)(in->nx * in->ny * in->nz);
  size_t i;
  if (asked(host)) return SC_CANCELLED;
  for (i = 0; i < n; ++i) {
    const size_t x = i % in->nx;
    const float a = in->samples[x > 0 ? i - 1 : i], b = in->samples[x + 1 < in->nx ? i + 1 : i];
    out->samples[i] = (float)(in->samples[i] * (1 - s->weight) + (a + b) * 0.5 * s->weight);
  }
  if (fault == nan_voxel) out->samples[n / 2] = (float)NAN;
  if (fault == unwritten_voxel && n > 3) memcpy(&out->samples[n - 1], "\xff\xff\xff\xff", 4);
  if (fault == no_gain) out->gain = 0;
  if (fault == silent_failure) return SC_FAILED;
  if (fault == unknown_code) return 42;
  if (fault == cancelled_unasked) return SC_CANCELLED;
  if (fault == plain_failure) return host->fail(host, "the moon is full; wait a day");
  if (fault == failed_but_ok) host->fail(host, "the moon is full; wait a day");
  if (fault == writes_behind) out->samples[n] = 1;
  if (fault == writes_before) out->samples[-1] = 1;
  if (fault == writes_input) ((float*)in->samples)[0] = 1;
  if (fault == other_each_time) out->samples[0] += (float)runs++;
  if (fault == crashes) *(volatile int*)nowhere = 1;
  if (fault == aborts) abort();
  if (fault == prints) printf("done\n");
  while (fault == hangs) sched_yield();
  if (fault == asks_once && n > 1000000)
    for (i = (size_t)clock(); (size_t)clock() < i + 2 * (size_t)CLOCKS_PER_SEC;) sched_yield();
  while (fault == fails_when_cancelled && n > 1000000)
    if (host->cancelled(host)) return host->fail(host, "somebody cancelled it");
  if (fault == racy && n <= sizeof(scratch) / sizeof(scratch[0])) {
    memcpy(scratch, out->samples, n * sizeof(float));
    for (i = 0; i < 20; ++i) sched_yield();
    memcpy(out->samples, scratch, n * sizeof(float));
  }
  return SC_OK;
}

/* ---- segment: one straight dendrite through the middle -------------------------------------------------- */

static int32_t segment(void* instance, const sc_host* host, const sc_stack* stack) {
  double points[6], radius[2] = {0.3, 0.3};
  sc_dendrite d = {sizeof(sc_dendrite), 1, 0, 0, 0, 2, NULL, NULL, 10};
  sc_candidate other = {sizeof(sc_candidate), 1, 0, 0, 0, 0, NULL};
  int i;
  (void)instance;
  if (asked(host)) return SC_CANCELLED;
  if (stack->nx < 8) return SC_OK;
  for (i = 0; i < 2; ++i) {
    points[3 * i] = i ? (double)(stack->nx - 1) * stack->voxel_um[0] : 0;
    points[3 * i + 1] = (double)(stack->ny - 1) * stack->voxel_um[1] / 2;
    points[3 * i + 2] = (double)(stack->nz - 1) * stack->voxel_um[2] / 2;
  }
  d.points_um = points;
  d.radius_um = radius;
  if (fault == nan_point) points[4] = NAN;
  if (fault == outside_point) points[3] += 5;
  if (fault == no_radius) radius[1] = 0;
  if (fault == unknown_parent) d.parent = 7;
  if (fault == one_point) d.n_points = 1;
  if (fault == short_item) d.size = 8;
  if (fault == wrong_item) return host->add_candidate(host, &other);
  if (fault == null_item) return host->add_dendrite(host, NULL);
  if (fault == ids_descend) {
    d.id = 2;
    if (host->add_dendrite(host, &d) != SC_OK) return SC_REFUSED;
    d.id = 1;
  }
  if (fault == goes_on) host->add_dendrite(host, &d);
  if (fault == ignores_refusal) {
    host->add_dendrite(host, &d);
    return SC_OK;
  }
  return host->add_dendrite(host, &d);
}

/* ---- align: every session is where it is ---------------------------------------------------------------- */

static int32_t give_frame(const sc_host* host, const sc_tracing* tracing, uint64_t session) {
  const sc_dendrite* d = tracing->n_dendrites ? tracing->dendrites[0] : NULL;
  sc_dendrite copy;
  double arcs[5] = {0, 0.1, 0.2, NAN, 0.4}, errors[5] = {0.1, 0.1, 0.1, NAN, 0.1};
  const double *arc_list = arcs, *error_list = errors;
  uint64_t n_arcs = 5;
  sc_frame f;
  memset(&f, 0, sizeof(f));
  f.size = sizeof(f);
  f.usable = 1;
  f.reason = "";
  f.linear[0] = f.linear[4] = f.linear[8] = 1;
  f.arc_step_um = 0.1;
  if (d) {
    copy = *d;
    if (fault == other_dendrite && session == 1) copy.id += 1;
    if (fault == short_dendrite) copy.size = 16;
    d = &copy;
    f.n_dendrites = 1;
    f.dendrites = &d;
    f.n_arcs = &n_arcs;
    f.arc_from_reference = &arc_list;
    f.error_um = &error_list;
  }
  if (fault == singular_frame) f.linear[4] = 0;
  if (fault == arcs_unsorted) arcs[2] = 0.05;
  if (fault == no_reason && session == 1) f.usable = 0;
  return host->add_frame(host, &f);
}

static int32_t align(void* instance, const sc_host* host, uint64_t n_sessions, const sc_stack* const* stacks,
                     const sc_tracing* const* tracings) {
  uint64_t i;
  (void)instance;
  (void)stacks;
  if (asked(host)) return SC_CANCELLED;
  for (i = 0; i < n_sessions; ++i)
    if (!(fault == frame_missing && i == 1) && give_frame(host, tracings[i], i) != SC_OK) return SC_REFUSED;
  return fault == frame_extra ? give_frame(host, tracings[0], 0) : SC_OK;
}

/* ---- detect: a spine in the middle of every dendrite ------------------------------------------------------ */

static sc_measures unknown_measures(void) {
  sc_measures m = {sizeof(sc_measures), SC_UNKNOWN, {NAN, NAN, NAN}, {NAN, NAN, NAN}, NAN, NAN, NAN, NAN, NAN, NAN};
  return m;
}

static int32_t detect(void* instance, const sc_host* host, const sc_stack* stack, const sc_frame* frame) {
  uint64_t i;
  (void)instance;
  (void)stack;
  if (asked(host)) return SC_CANCELLED;
  for (i = 0; i < frame->n_dendrites; ++i) {
    const sc_dendrite* d = frame->dendrites[i];
    const double* p = d->points_um + 3 * (d->n_points / 2);
    sc_measures m = unknown_measures();
    sc_candidate c = {sizeof(sc_candidate), 0, 0.5, 0.9, SC_RIGHT, 0, NULL};
    memcpy(m.head_um, p, sizeof(m.head_um));
    c.dendrite_id = d->id;
    c.measures = &m;
    if (fault == nan_head) m.head_um[1] = NAN;
    if (fault == unknown_dendrite) c.dendrite_id = 99;
    if (fault == bad_side) c.side = 2;
    if (fault == bad_class) m.spine_class = 17;
    if (fault == bad_p) c.p = 1.5;
    if (fault == arc_outside) c.arc_um = 1e6;
    if (fault == no_measures) c.measures = NULL;
    if (fault == short_measures) m.size = 8;
    if (fault == writes_frame) ((double*)d->points_um)[1] += 0.001;
    if (host->add_candidate(host, &c) != SC_OK) return SC_REFUSED;
  }
  return SC_OK;
}

/* ---- match: the first session's candidates are there for ever --------------------------------------------- */

static int32_t match(void* instance, const sc_host* host, uint64_t n_sessions, const sc_stack* const* stacks,
                     const sc_frame* const* frames, const sc_candidates* const* candidates) {
  uint64_t i, k;
  (void)instance;
  (void)stacks;
  (void)frames;
  if (asked(host)) return SC_CANCELLED;
  if (n_sessions > 8) return host->fail(host, "more than 8 sessions; split the series");
  for (i = 0; i < candidates[0]->n_candidates; ++i) {
    const sc_candidate* c = candidates[0]->candidates[i];
    sc_site sites[8];
    const sc_site* pointers[8];
    double events[8];
    sc_measures m = *c->measures;
    sc_track t = {sizeof(sc_track), 0, 0, 0, 0, 0, NULL, NULL};
    for (k = 0; k < n_sessions; ++k) {
      sc_site s = {sizeof(sc_site), SC_PRESENT, 0.9, {0, 0, 0}, NULL, ""};
      memcpy(s.ref_um, m.head_um, sizeof(s.ref_um));
      s.measures = &m;
      sites[k] = s;
      pointers[k] = &sites[k];
      events[k] = 0.9;
    }
    t.spine_id = (int32_t)(i + 1);
    t.dendrite_id = c->dendrite_id;
    t.side = c->side;
    t.arc_um = c->arc_um;
    t.n_sites = n_sessions;
    t.sites = pointers;
    t.p_event = events;
    if (fault == tracks_unsorted) t.spine_id = (int32_t)(candidates[0]->n_candidates - i);
    if (fault == site_missing) t.n_sites -= 1;
    if (fault == bad_state) sites[0].state = 3;
    if (fault == short_site) sites[0].size = 16;
    if (fault == nan_present) sites[0].p_present = NAN;
    if (fault == bad_event) events[0] = -0.1;
    if (fault == no_site_reason) sites[0].state = SC_NOT_ASSESSABLE;
    if (host->add_track(host, &t) != SC_OK) return SC_REFUSED;
  }
  return SC_OK;
}

/* ---- the descriptor ------------------------------------------------------------------------------------------ */

static sc_param params[] = {
    SC_NUMBER("weight", "1", 0.5, 0, 1, "Share of the neighbours."),
    SC_INTEGER("rounds", "1", 1, 1, 9, "Not used."),
    SC_FLAG("verbose", 0, "Not used."),
    SC_CHOICE("mode", "fast", "fast|slow", "Not used."),
    SC_TEXT("title", "a title", "Not used."),
    SC_LIST("labels", "a, b", "Not used."),
};
static sc_stage stages[5] = {
    {sizeof(sc_stage), SC_DENOISE, "fixture", "Mean along x.", SC_STAGE_REENTRANT, 6, params, create, destroy, denoise,
     NULL, NULL, NULL, NULL},
    {sizeof(sc_stage), SC_SEGMENT, "fixture", "One line.", SC_STAGE_REENTRANT, 0, NULL, NULL, NULL, NULL, segment, NULL,
     NULL, NULL},
    {sizeof(sc_stage), SC_ALIGN, "fixture", "Identity.", 0, 0, NULL, NULL, NULL, NULL, NULL, align, NULL, NULL},
    {sizeof(sc_stage), SC_DETECT, "fixture", "One spine.", SC_STAGE_REENTRANT, 0, NULL, NULL, NULL, NULL, NULL, NULL,
     detect, NULL},
    {sizeof(sc_stage), SC_MATCH, "fixture", "All stay.", SC_STAGE_REENTRANT, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
     match}};
static const sc_stage* list[6] = {&stages[0], &stages[1], &stages[2], &stages[3], &stages[4], &stages[0]};
static sc_plugin plugin = {sizeof(sc_plugin), SPINECHRON_ABI_MAJOR, SPINECHRON_ABI_MINOR, 5, "fixture", "1.2",
                           "For tests.", list};

const sc_plugin* spinechron_plugin_entry(uint32_t host_abi_major, uint32_t host_abi_minor) {
  (void)host_abi_major;
  (void)host_abi_minor;
  switch (fault) {
    case null_descriptor: return NULL;
    case older_major: plugin.abi_major = 0; break;
    case newer_major: plugin.abi_major = 2; break;
    case newer_minor: plugin.abi_minor = 9; break;
    case short_plugin: plugin.size = 24; break;
    case short_stage: stages[0].size = 32; break;
    case short_param: params[1].size = 8; break;
    case no_stages: plugin.n_stages = 0; break;
    case null_stage: list[1] = NULL; break;
    case unknown_kind: stages[2].kind = 9; break;
    case bad_name: stages[0].name = "No Spaces"; break;
    case no_meaning: stages[0].meaning = ""; break;
    case two_functions: stages[0].segment = segment; break;
    case no_function: stages[3].detect = NULL; break;
    case stage_twice: plugin.n_stages = 6; break;
    case param_twice: params[1].name = "weight"; break;
    case default_outside: params[0].initial = 3; break;
    case no_unit: params[0].unit = NULL; break;
    case unknown_type: params[0].type = 12; break;
    case default_no_choice: params[3].text = "medium"; break;
    case range_reversed: params[0].low = 2; break;
    case params_without_create: stages[0].create = NULL; break;
    default: break;
  }
  return &plugin;
}
