/*
 * A plugin as a later minor version's header would compile it: every structure that it writes has grown at its end, and
 * it says that version 1.0 is enough for it. It must load and run here, and what this host does not know is passed over.
 */
#include <math.h>
#include <string.h>

#include "spinechron_plugin.h"

struct later_param {
  sc_param now;
  double more[3];
};
struct later_stage {
  sc_stage now;
  void (*more[2])(void);
};
struct later_plugin {
  sc_plugin now;
  const char* more;
};
struct later_dendrite {
  sc_dendrite now;
  double more[5];
};
struct later_measures {
  sc_measures now;
  double more;
};
struct later_candidate {
  sc_candidate now;
  double more[2];
};

static int32_t create(const sc_host* host, const sc_value* values, void** instance) {
  static double share;
  (void)host;
  share = values[1].number; /* the second row: it is found only if the first one's size is believed */
  *instance = &share;
  return SC_OK;
}

static int32_t segment(void* instance, const sc_host* host, const sc_stack* stack) {
  const double *share = instance, radius[2] = {0.3, 0.3};
  double points[6] = {0, 0, 0, 0, 0, 0};
  struct later_dendrite d;
  if (host->cancelled(host)) return SC_CANCELLED;
  if (stack->nx < 8) return SC_OK;
  points[3] = *share * (double)(stack->nx - 1) * stack->voxel_um[0];
  memset(&d, 0, sizeof(d));
  d.now.size = sizeof(d);
  d.now.id = 1;
  d.now.n_points = 2;
  d.now.points_um = points;
  d.now.radius_um = radius;
  return host->add_dendrite(host, &d.now);
}

static int32_t detect(void* instance, const sc_host* host, const sc_stack* stack, const sc_frame* frame) {
  struct later_candidate c;
  struct later_measures m;
  (void)instance;
  (void)stack;
  if (host->cancelled(host)) return SC_CANCELLED;
  if (frame->n_dendrites == 0) return SC_OK;
  memset(&c, 0, sizeof(c));
  memset(&m, 0, sizeof(m));
  m.now.size = sizeof(m);
  m.now.spine_class = SC_UNKNOWN;
  memcpy(m.now.head_um, frame->dendrites[0]->points_um, sizeof(m.now.head_um));
  memcpy(m.now.base_um, frame->dendrites[0]->points_um, sizeof(m.now.base_um));
  c.now.size = sizeof(c);
  c.now.dendrite_id = frame->dendrites[0]->id;
  c.now.p = 0.5;
  c.now.measures = &m.now;
  return host->add_candidate(host, &c.now);
}

static const struct later_param params[2] = {
    {{sizeof(struct later_param), SC_PARAM_FLAG, "first", "", "Not used.", 0, 0, 1, NULL, NULL}, {1, 2, 3}},
    {{sizeof(struct later_param), SC_PARAM_NUMBER, "share", "1", "How far it goes.", 0.5, 0, 1, NULL, NULL}, {4, 5, 6}}};
static const struct later_stage segmenter = {
    {sizeof(struct later_stage), SC_SEGMENT, "later", "A line.", SC_STAGE_REENTRANT, 2, &params[0].now, create, NULL, NULL,
     segment, NULL, NULL, NULL},
    {NULL, NULL}};
static const struct later_stage detector = {
    {sizeof(struct later_stage), SC_DETECT, "later", "One spine.", SC_STAGE_REENTRANT, 0, NULL, NULL, NULL, NULL, NULL, NULL,
     detect, NULL},
    {NULL, NULL}};
static const sc_stage* const stages[] = {&segmenter.now, &detector.now};
static const struct later_plugin plugin = {
    {sizeof(struct later_plugin), 1, 0, 2, "later", "1", "For tests.", stages}, "something new"};

const sc_plugin* spinechron_plugin_entry(uint32_t host_abi_major, uint32_t host_abi_minor) {
  (void)host_abi_major;
  (void)host_abi_minor;
  return &plugin.now;
}
