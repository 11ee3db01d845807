#define _GNU_SOURCE
#include "CPlatform.h"
#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>

static uint64_t nanoseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int64_t daybook_wall_microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

uint64_t daybook_boot_nanoseconds(void) { return nanoseconds(CLOCK_BOOTTIME); }

uint64_t daybook_monotonic_nanoseconds(void) { return nanoseconds(CLOCK_MONOTONIC); }

int daybook_random(void *bytes, size_t count) {
  char *next = bytes;
  while (count > 0) {
    ssize_t got = getrandom(next, count, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -errno;
    next += got;
    count -= (size_t)got;
  }
  return 0;
}

void daybook_memory_share(int threads) { mallopt(M_ARENA_MAX, threads); }

void daybook_memory_give_back(void) {
  static long faults_before;
  static size_t free_before;
  const size_t little = 262144;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  size_t free_now = mallinfo2().fordblks;
  size_t changed = free_now > free_before ? free_now - free_before : free_before - free_now;
  // Nothing to give where little memory was touched, and what was in use still is.
  if (usage.ru_minflt - faults_before < 64 && changed < little) return;
  faults_before = usage.ru_minflt;
  malloc_trim(0);
  free_before = mallinfo2().fordblks;
}

const char *daybook_error_name(int code) { return strerrorname_np(code); }

const char *daybook_error_text(int code) { return strerrordesc_np(code); }
