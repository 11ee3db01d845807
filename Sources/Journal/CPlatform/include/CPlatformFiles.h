// Files, directories and the local socket's credentials. Every function returns -errno on failure.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/// What `fstat` and `stat` tell that this project asks for.
typedef struct daybook_file_status {
  int64_t size;
  int64_t modified_microseconds;
  uint64_t device;
  uint64_t inode;
  uint32_t mode;
  uint32_t owner;
} daybook_file_status;

/// What `statfs` tells that this project asks for.
typedef struct daybook_volume {
  uint64_t magic;
  uint64_t free_bytes;
  uint64_t total_bytes;
} daybook_volume;

int daybook_open(const char *path, int flags, uint32_t mode);
int daybook_close(int descriptor);
ssize_t daybook_read(int descriptor, void *bytes, size_t count);
ssize_t daybook_write(int descriptor, const void *bytes, size_t count);
ssize_t daybook_pread(int descriptor, void *bytes, size_t count, int64_t offset);
ssize_t daybook_pwrite(int descriptor, const void *bytes, size_t count, int64_t offset);
ssize_t daybook_pwritev(int descriptor, const struct iovec *parts, int count, int64_t offset);
/// Reads only what is in the page cache; -EAGAIN where the disk would be needed.
ssize_t daybook_pread_nowait(int descriptor, void *bytes, size_t count, int64_t offset);
int daybook_fdatasync(int descriptor);
int daybook_fsync(int descriptor);
int daybook_truncate(int descriptor, int64_t size);
/// Lets the disk begin with written bytes, so that a later sync finds less to do. A hint.
void daybook_start_writeback(int descriptor, int64_t offset, int64_t count);
/// Reserves blocks for [offset, offset + count) and lengthens the file where needed.
int daybook_allocate(int descriptor, int64_t offset, int64_t count);
/// Takes the exclusive open-file-description lock on the whole file without waiting.
int daybook_lock(int descriptor);
int daybook_lock_shared(int descriptor);
int daybook_status(int descriptor, daybook_file_status *status);
int daybook_path_status(const char *path, daybook_file_status *status);

int daybook_make_directory(const char *path, uint32_t mode);
int daybook_remove_file(const char *path);
int daybook_remove_directory(const char *path);
int daybook_rename(const char *from, const char *to);
/// Makes the symbolic link `path`, which names `target`.
int daybook_link(const char *target, const char *path);
/// Calls `each` with every name of the directory but "." and "..".
int daybook_list(const char *path, void *context, void (*each)(void *context, const char *name));
int daybook_volume_of(const char *path, daybook_volume *volume);

/// SO_PEERCRED of a connected Unix socket.
int daybook_peer_credentials(int socket, int32_t *process, uint32_t *user, uint32_t *group);
