/* Preloaded into the program (LD_PRELOAD): the N-th call that changes a file under FAULT_FOLDER kills the process, or
 * fails as it would on a full disk or a lost mount.
 *
 * FAULT_FOLDER   calls on paths (or on descriptors of files) under it count
 * FAULT_AT       which call, from 1; 0: none, only count
 * FAULT_KIND     "kill", "full" (ENOSPC, from that call on) or "lost" (EIO, from that call on)
 * FAULT_COUNT    a file to append the number of calls to when the process ends by itself
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long calls;

static int under_folder(const char* path) {
  const char* folder = getenv("FAULT_FOLDER");
  return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int descriptor_counts(int descriptor) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return under_folder(path);
}

/* Whether this call fails; errno is set then. */
static int fault(void) {
  const char *at_text = getenv("FAULT_AT"), *kind = getenv("FAULT_KIND");
  const long at = at_text ? atol(at_text) : 0, now = atomic_fetch_add(&calls, 1) + 1;
  if (at == 0 || now < at || !kind) return 0;
  if (strcmp(kind, "kill") == 0) kill(getpid(), SIGKILL);
  errno = strcmp(kind, "full") == 0 ? ENOSPC : EIO;
  return 1;
}

__attribute__((destructor)) static void write_count(void) {
  const char* file = getenv("FAULT_COUNT");
  FILE* out = file ? fopen(file, "a") : NULL;
  if (!out) return;
  fprintf(out, "%ld\n", (long)calls);
  fclose(out);
}

#define REAL(name) (__extension__(__typeof__(&name)) dlsym(RTLD_NEXT, #name))

int rename(const char* from, const char* to) {
  if (under_folder(to) && fault()) return -1;
  return REAL(rename)(from, to);
}

/* A full disk does not hinder what makes room. */
static int only_grows(void) {
  const char* kind = getenv("FAULT_KIND");
  return kind && strcmp(kind, "full") == 0;
}

int unlink(const char* path) {
  if (!only_grows() && under_folder(path) && fault()) return -1;
  return REAL(unlink)(path);
}

int remove(const char* path) {
  if (!only_grows() && under_folder(path) && fault()) return -1;
  return REAL(remove)(path);
}

int mkdir(const char* path, mode_t mode) {
  if (under_folder(path) && fault()) return -1;
  return REAL(mkdir)(path, mode);
}

ssize_t write(int descriptor, const void* bytes, size_t count) {
  if (descriptor > 2 && descriptor_counts(descriptor) && fault()) return -1;
  return REAL(write)(descriptor, bytes, count);
}

static int open_faults(const char* path, int flags) {
  return (flags & (O_WRONLY | O_RDWR)) && under_folder(path) && fault();
}

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = va_arg(more, mode_t);
  va_end(more);
  return open_faults(path, flags) ? -1 : REAL(open)(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = va_arg(more, mode_t);
  va_end(more);
  return open_faults(path, flags) ? -1 : REAL(open64)(path, flags, mode);
}
