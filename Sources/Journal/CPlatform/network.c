#define _GNU_SOURCE
#include "CPlatformNetwork.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

// The thread and the process

uintptr_t daybook_thread_mark(void) {
  static __thread char mark;
  return (uintptr_t)&mark;
}

void daybook_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }

uint64_t daybook_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit)) return 1024;
  if (limit.rlim_cur < limit.rlim_max) {
    struct rlimit raised = {limit.rlim_max, limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return raised.rlim_cur;
  }
  return limit.rlim_cur;
}

// epoll and eventfd

static int outcome(int result) { return result < 0 ? -errno : result; }

int daybook_epoll_create(void) { return outcome(epoll_create1(EPOLL_CLOEXEC)); }

static int watch(int epoll, int descriptor, uint64_t token, uint32_t events) {
  struct epoll_event event = {.events = events | EPOLLET, .data.u64 = token};
  return outcome(epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event));
}

int daybook_epoll_watch(int epoll, int descriptor, uint64_t token) {
  return watch(epoll, descriptor, token, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
}

int daybook_epoll_watch_input(int epoll, int descriptor, uint64_t token) {
  return watch(epoll, descriptor, token, EPOLLIN);
}

int daybook_epoll_forget(int epoll, int descriptor) {
  return outcome(epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL));
}

int daybook_epoll_wait(int epoll, struct daybook_ready *ready, int room, int milliseconds) {
  struct epoll_event events[256];
  if (room > 256) room = 256;
  int count = epoll_wait(epoll, events, room, milliseconds);
  if (count < 0) return -errno;
  for (int i = 0; i < count; i++) {
    ready[i].token = events[i].data.u64;
    ready[i].events = events[i].events;
  }
  return count;
}

int daybook_eventfd_create(void) { return outcome(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

int daybook_eventfd_raise(int descriptor) {
  uint64_t one = 1;
  return outcome((int)write(descriptor, &one, sizeof one));
}

// Addresses

union address {
  struct sockaddr any;
  struct sockaddr_in four;
  struct sockaddr_in6 six;
  struct sockaddr_un unix_path;
  struct sockaddr_storage room;
};

static socklen_t to_socket(const struct daybook_endpoint *end, union address *address) {
  memset(address, 0, sizeof *address);
  if (end->family == 4) {
    address->four.sin_family = AF_INET;
    address->four.sin_port = htons(end->port);
    address->four.sin_addr.s_addr = htonl((uint32_t)end->low);
    return sizeof address->four;
  }
  address->six.sin6_family = AF_INET6;
  address->six.sin6_port = htons(end->port);
  for (int i = 0; i < 8; i++) {
    address->six.sin6_addr.s6_addr[i] = (uint8_t)(end->high >> (56 - 8 * i));
    address->six.sin6_addr.s6_addr[8 + i] = (uint8_t)(end->low >> (56 - 8 * i));
  }
  return sizeof address->six;
}

static void from_socket(const union address *address, struct daybook_endpoint *end) {
  memset(end, 0, sizeof *end);
  if (address->any.sa_family == AF_INET) {
    end->family = 4;
    end->port = ntohs(address->four.sin_port);
    end->low = 0xffff00000000u | ntohl(address->four.sin_addr.s_addr);
  } else if (address->any.sa_family == AF_INET6) {
    end->port = ntohs(address->six.sin6_port);
    for (int i = 0; i < 8; i++) {
      end->high = end->high << 8 | address->six.sin6_addr.s6_addr[i];
      end->low = end->low << 8 | address->six.sin6_addr.s6_addr[8 + i];
    }
    end->family = end->high == 0 && end->low >> 32 == 0xffff ? 4 : 6;
  } else {
    end->family = 1;
  }
}

static int to_unix(const char *path, union address *address) {
  memset(address, 0, sizeof *address);
  if (strlen(path) >= sizeof address->unix_path.sun_path) return -ENAMETOOLONG;
  address->unix_path.sun_family = AF_UNIX;
  strcpy(address->unix_path.sun_path, path);
  return 0;
}

// Sockets

static int make_of(int family, int kind) {
  return outcome(socket(family, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

static int make(int family) { return make_of(family, SOCK_STREAM); }

static int abandon(int descriptor, int failure) {
  close(descriptor);
  return failure;
}

static void set_no_delay(int descriptor) {
  int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// A peer that has vanished without a word is noticed after three minutes, whether it was idle or
/// owes an acknowledgement: nobody else gets into a POP3 maildrop before.
static void notice_death(int descriptor) {
  int on = 1, idle = 120, pause = 15, probes = 4;
  unsigned int silence = 180000;
  setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &pause, sizeof pause);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
  setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &silence, sizeof silence);
}

int daybook_listen(const struct daybook_endpoint *at, int backlog) {
  union address address;
  socklen_t length = to_socket(at, &address);
  int descriptor = make(address.any.sa_family);
  if (descriptor < 0) return descriptor;
  int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (at->family == 6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(descriptor, &address.any, length) || listen(descriptor, backlog))
    return abandon(descriptor, -errno);
  return descriptor;
}

int daybook_listen_unix(const char *path, int backlog) {
  union address address;
  int refused = to_unix(path, &address);
  if (refused) return refused;
  int descriptor = make(AF_UNIX);
  if (descriptor < 0) return descriptor;
  // On Linux bind() gives the new file the mode of the socket's own inode.
  if (fchmod(descriptor, 0600) ||
      bind(descriptor, &address.any, sizeof address.unix_path) || listen(descriptor, backlog))
    return abandon(descriptor, -errno);
  return descriptor;
}

int daybook_accept(int descriptor, struct daybook_endpoint *peer) {
  union address address;
  socklen_t length = sizeof address;
  memset(&address, 0, sizeof address);
  int accepted = accept4(descriptor, &address.any, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (accepted < 0) return -errno;
  from_socket(&address, peer);
  if (peer->family != 1) {
    set_no_delay(accepted);
    notice_death(accepted);
  }
  return accepted;
}

int daybook_connect(const struct daybook_endpoint *to, const struct daybook_endpoint *from) {
  union address address, source;
  socklen_t length = to_socket(to, &address);
  int descriptor = make(address.any.sa_family);
  if (descriptor < 0) return descriptor;
  set_no_delay(descriptor);
  if (from) {
    socklen_t source_length = to_socket(from, &source);
    if (bind(descriptor, &source.any, source_length)) return abandon(descriptor, -errno);
  }
  if (connect(descriptor, &address.any, length) && errno != EINPROGRESS)
    return abandon(descriptor, -errno);
  return descriptor;
}

int daybook_connect_datagram(const struct daybook_endpoint *to) {
  union address address;
  socklen_t length = to_socket(to, &address);
  int descriptor = make_of(address.any.sa_family, SOCK_DGRAM);
  if (descriptor < 0) return descriptor;
  if (connect(descriptor, &address.any, length)) return abandon(descriptor, -errno);
  return descriptor;
}

int daybook_connect_unix(const char *path) {
  union address address;
  int refused = to_unix(path, &address);
  if (refused) return refused;
  int descriptor = make(AF_UNIX);
  if (descriptor < 0) return descriptor;
  if (connect(descriptor, &address.any, sizeof address.unix_path))
    return abandon(descriptor, -errno);
  return descriptor;
}

int daybook_connect_outcome(int descriptor) {
  int failure = 0;
  socklen_t length = sizeof failure;
  if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)) return -errno;
  return -failure;
}

int daybook_local_endpoint(int descriptor, struct daybook_endpoint *local) {
  union address address;
  socklen_t length = sizeof address;
  memset(&address, 0, sizeof address);
  if (getsockname(descriptor, &address.any, &length)) return -errno;
  from_socket(&address, local);
  return 0;
}

ssize_t daybook_receive(int descriptor, void *bytes, size_t count) {
  ssize_t moved;
  do moved = recv(descriptor, bytes, count, 0);
  while (moved < 0 && errno == EINTR);
  return moved < 0 ? -errno : moved;
}

ssize_t daybook_send(int descriptor, const void *bytes, size_t count) {
  ssize_t moved;
  do moved = send(descriptor, bytes, count, MSG_NOSIGNAL);
  while (moved < 0 && errno == EINTR);
  return moved < 0 ? -errno : moved;
}

int daybook_shutdown_write(int descriptor) { return outcome(shutdown(descriptor, SHUT_WR)); }


int daybook_spare_descriptor(void) { return outcome(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

int daybook_unlink(const char *path) { return outcome(unlink(path)); }
