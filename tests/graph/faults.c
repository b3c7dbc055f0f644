/* Preloaded into the program (LD_PRELOAD): the N-th call that changes a file under FAULT_FOLDER kills the process, or
 * fails as it would on a full disk or a lost mount.
 *
 * FAULT_FOLDER   calls on paths (or on descriptors of files) under it count
 * FAULT_AT       which call, from 1; 0: none, only count
 * FAULT_KIND     "kill", "full" (ENOSPC, from that call on) or "lost" (EIO, from that call on)
 * FAULT_LOG      a file that gets a line for each call: what it does, and to which file
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

/* The path of an open file, or "". */
static void path_of(int descriptor, char* path, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = readlink(link, path, size - 1);
  path[length < 0 ? 0 : length] = 0;
}

#define REAL(name) (__extension__(__typeof__(&name)) dlsym(RTLD_NEXT, #name))

/* Whether this call fails; errno is set then. */
static int fault(const char* what, const char* path) {
  const char *at_text = getenv("FAULT_AT"), *kind = getenv("FAULT_KIND"), *log = getenv("FAULT_LOG");
  const long at = at_text ? atol(at_text) : 0, now = atomic_fetch_add(&calls, 1) + 1;
  if (log && *log) {
    const int file = REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    char line[4200];
    const int length = snprintf(line, sizeof line, "%s %s\n", what, path);
    if (file < 0 || REAL(write)(file, line, (size_t)length) != length) abort();
    close(file);
  }
  if (at == 0 || now < at || !kind) return 0;
  if (strcmp(kind, "kill") == 0) kill(getpid(), SIGKILL);
  errno = strcmp(kind, "full") == 0 ? ENOSPC : EIO;
  return 1;
}

int rename(const char* from, const char* to) {
  if (under_folder(to) && fault("rename", to)) return -1;
  return REAL(rename)(from, to);
}

/* A full disk does not hinder what makes room. */
static int only_grows(void) {
  const char* kind = getenv("FAULT_KIND");
  return kind && strcmp(kind, "full") == 0;
}

int unlink(const char* path) {
  if (!only_grows() && under_folder(path) && fault("unlink", path)) return -1;
  return REAL(unlink)(path);
}

int remove(const char* path) {
  if (!only_grows() && under_folder(path) && fault("remove", path)) return -1;
  return REAL(remove)(path);
}

int mkdir(const char* path, mode_t mode) {
  if (under_folder(path) && fault("mkdir", path)) return -1;
  return REAL(mkdir)(path, mode);
}

ssize_t write(int descriptor, const void* bytes, size_t count) {
  char path[4096] = "";
  if (descriptor > 2) path_of(descriptor, path, sizeof path);
  if (under_folder(path) && fault("write", path)) return -1;
  return REAL(write)(descriptor, bytes, count);
}

static int open_faults(const char* path, int flags) {
  return (flags & (O_WRONLY | O_RDWR)) && under_folder(path) && fault("open", path);
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
