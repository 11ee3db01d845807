// Sockets, epoll and eventfd for the Network room. Every function that can fail returns -errno.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// One readiness report: the token given at registration and the EPOLL* bits.
struct daybook_ready {
  uint64_t token;
  uint32_t events;
};

/// An IPv4 (family 4, as ::ffff:a.b.c.d), IPv6 (family 6) or Unix (family 1) end of a socket.
/// `high` and `low` are the address as one big-endian number of 128 bits.
struct daybook_endpoint {
  uint64_t high;
  uint64_t low;
  uint16_t port;
  uint8_t family;
};

/// A value that differs between any two threads alive at the same time. Cheaper than a thread id.
uintptr_t daybook_thread_mark(void);

void daybook_ignore_sigpipe(void);
/// Raises the soft limit of open descriptors to the hard one and returns it.
uint64_t daybook_raise_descriptor_limit(void);

int daybook_epoll_create(void);
/// Edge-triggered, for reading, writing and hang-up.
int daybook_epoll_watch(int epoll, int descriptor, uint64_t token);
/// Edge-triggered, for reading.
int daybook_epoll_watch_input(int epoll, int descriptor, uint64_t token);
int daybook_epoll_forget(int epoll, int descriptor);
int daybook_epoll_wait(int epoll, struct daybook_ready *ready, int room, int milliseconds);
int daybook_eventfd_create(void);
/// Reports to whoever watches for an edge; the count is never read.
int daybook_eventfd_raise(int descriptor);

int daybook_listen(const struct daybook_endpoint *at, int backlog);
/// The socket file has mode 0600 from its first moment.
int daybook_listen_unix(const char *path, int backlog);
int daybook_accept(int descriptor, struct daybook_endpoint *peer);
/// Starts a non-blocking connect and returns the descriptor; it becomes writable when decided.
int daybook_connect(const struct daybook_endpoint *to, const struct daybook_endpoint *from);
/// A non-blocking datagram socket on a port of the kernel's random choice, which hears only `to`.
int daybook_connect_datagram(const struct daybook_endpoint *to);
int daybook_connect_unix(const char *path);
/// 0, or the -errno the connect ended with.
int daybook_connect_outcome(int descriptor);
int daybook_local_endpoint(int descriptor, struct daybook_endpoint *local);
ssize_t daybook_receive(int descriptor, void *bytes, size_t count);
ssize_t daybook_send(int descriptor, const void *bytes, size_t count);
int daybook_shutdown_write(int descriptor);
int daybook_spare_descriptor(void);
int daybook_unlink(const char *path);
