#define _GNU_SOURCE
#include "CPlatform.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static int ends[2] = {-1, -1};

static void tell(int signal) {
  int saved = errno;
  unsigned char octet = (unsigned char)signal;
  // A full pipe holds what is told already.
  if (write(ends[1], &octet, 1) < 0) errno = saved;
  errno = saved;
}

int32_t daybook_catch_stop_signals(void) {
  if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
  if (fcntl(ends[1], F_SETFL, O_NONBLOCK) < 0) return -errno;
  struct sigaction action = {.sa_handler = tell, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  if (sigaction(SIGINT, &action, NULL) < 0 || sigaction(SIGTERM, &action, NULL) < 0 ||
      sigaction(SIGHUP, &action, NULL) < 0)
    return -errno;
  return ends[0];
}
