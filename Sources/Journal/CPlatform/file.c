#define _GNU_SOURCE
#include "CPlatformFiles.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

// An interrupted call is made again. Never used for a sync: a second one may falsely succeed.
#define AGAIN(call)                                   \
  for (;;) {                                          \
    __typeof__(call) result = (call);                 \
    if (result >= 0) return result;                   \
    if (errno != EINTR) return -errno;                \
  }

int daybook_open(const char *path, int flags, uint32_t mode) {
  AGAIN(open(path, flags | O_CLOEXEC, mode))
}

int daybook_close(int descriptor) { return close(descriptor) == 0 ? 0 : -errno; }

ssize_t daybook_read(int descriptor, void *bytes, size_t count) {
  AGAIN(read(descriptor, bytes, count))
}

ssize_t daybook_write(int descriptor, const void *bytes, size_t count) {
  AGAIN(write(descriptor, bytes, count))
}

ssize_t daybook_pread(int descriptor, void *bytes, size_t count, int64_t offset) {
  AGAIN(pread(descriptor, bytes, count, offset))
}

ssize_t daybook_pwrite(int descriptor, const void *bytes, size_t count, int64_t offset) {
  AGAIN(pwrite(descriptor, bytes, count, offset))
}

ssize_t daybook_pwritev(int descriptor, const struct iovec *parts, int count, int64_t offset) {
  AGAIN(pwritev(descriptor, parts, count, offset))
}

ssize_t daybook_pread_nowait(int descriptor, void *bytes, size_t count, int64_t offset) {
  struct iovec part = {bytes, count};
  AGAIN(preadv2(descriptor, &part, 1, offset, RWF_NOWAIT))
}

int daybook_fdatasync(int descriptor) { return fdatasync(descriptor) == 0 ? 0 : -errno; }

int daybook_fsync(int descriptor) { return fsync(descriptor) == 0 ? 0 : -errno; }

void daybook_start_writeback(int descriptor, int64_t offset, int64_t count) {
  sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
}

int daybook_truncate(int descriptor, int64_t size) { AGAIN(ftruncate(descriptor, size)) }

int daybook_allocate(int descriptor, int64_t offset, int64_t count) {
  AGAIN(fallocate(descriptor, 0, offset, count))
}

static int lock(int descriptor, short type) {
  struct flock lock = {.l_type = type, .l_whence = SEEK_SET};
  AGAIN(fcntl(descriptor, F_OFD_SETLK, &lock))
}

int daybook_lock(int descriptor) { return lock(descriptor, F_WRLCK); }

int daybook_lock_shared(int descriptor) { return lock(descriptor, F_RDLCK); }

static void fill(daybook_file_status *status, const struct stat *from) {
  status->size = from->st_size;
  status->modified_microseconds =
    (int64_t)from->st_mtim.tv_sec * 1000000 + from->st_mtim.tv_nsec / 1000;
  status->device = from->st_dev;
  status->inode = from->st_ino;
  status->mode = from->st_mode;
  status->owner = from->st_uid;
}

int daybook_status(int descriptor, daybook_file_status *status) {
  struct stat from;
  if (fstat(descriptor, &from) != 0) return -errno;
  fill(status, &from);
  return 0;
}

int daybook_path_status(const char *path, daybook_file_status *status) {
  struct stat from;
  if (stat(path, &from) != 0) return -errno;
  fill(status, &from);
  return 0;
}

int daybook_peer_credentials(int socket, int32_t *process, uint32_t *user, uint32_t *group) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -errno;
  *process = peer.pid;
  *user = peer.uid;
  *group = peer.gid;
  return 0;
}
