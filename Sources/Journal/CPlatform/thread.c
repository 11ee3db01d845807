#define _GNU_SOURCE
#include "CPlatform.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int32_t daybook_thread_id(void) { return (int32_t)syscall(SYS_gettid); }

// Signals that tell of the thread's own fault stay open, so that a crash is reported.
static void asynchronous_signals(sigset_t *set) {
  static const int own[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS, SIGPROF};
  sigfillset(set);
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) sigdelset(set, own[i]);
}

struct start {
  char name[16];  // the kernel keeps 15 characters
  void *(*body)(void *);
  void *argument;
};

// The thread names itself, so that it has its name from the first instruction of its body on.
static void *begin(void *memory) {
  struct start start = *(struct start *)memory;
  free(memory);
  pthread_setname_np(pthread_self(), start.name);
  return start.body(start.argument);
}

int daybook_thread_start(
  const char *name, void *(*body)(void *), void *argument, uint64_t *handle) {
  struct start *start = malloc(sizeof *start);
  if (!start) return -ENOMEM;
  strncpy(start->name, name, sizeof start->name - 1);
  start->name[sizeof start->name - 1] = 0;
  start->body = body;
  start->argument = argument;
  sigset_t blocked, before;
  asynchronous_signals(&blocked);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  pthread_t thread;
  int code = pthread_create(&thread, NULL, begin, start);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (code != 0) {
    free(start);
    return -code;
  }
  *handle = (uint64_t)thread;
  return 0;
}

int daybook_thread_join(uint64_t handle) { return -pthread_join((pthread_t)handle, NULL); }

void daybook_thread_detach(uint64_t handle) { pthread_detach((pthread_t)handle); }

struct daybook_monitor {
  pthread_mutex_t mutex;
  pthread_cond_t condition;
};

daybook_monitor *daybook_monitor_create(void) {
  daybook_monitor *monitor = malloc(sizeof *monitor);
  if (!monitor) return NULL;
  pthread_mutex_init(&monitor->mutex, NULL);
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&monitor->condition, &attributes);
  pthread_condattr_destroy(&attributes);
  return monitor;
}

void daybook_monitor_destroy(daybook_monitor *monitor) {
  pthread_cond_destroy(&monitor->condition);
  pthread_mutex_destroy(&monitor->mutex);
  free(monitor);
}

void daybook_monitor_lock(daybook_monitor *monitor) { pthread_mutex_lock(&monitor->mutex); }
void daybook_monitor_unlock(daybook_monitor *monitor) { pthread_mutex_unlock(&monitor->mutex); }

void daybook_monitor_wait(daybook_monitor *monitor) {
  pthread_cond_wait(&monitor->condition, &monitor->mutex);
}

int daybook_monitor_wait_until(daybook_monitor *monitor, uint64_t deadline) {
  struct timespec at = {(time_t)(deadline / 1000000000), (long)(deadline % 1000000000)};
  return pthread_cond_timedwait(&monitor->condition, &monitor->mutex, &at) != ETIMEDOUT;
}

void daybook_monitor_signal(daybook_monitor *monitor) { pthread_cond_signal(&monitor->condition); }

void daybook_monitor_broadcast(daybook_monitor *monitor) {
  pthread_cond_broadcast(&monitor->condition);
}
