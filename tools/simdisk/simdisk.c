// A simulated disk under an unmodified program: load it with LD_PRELOAD.
//
// It watches every write, sync, truncation, creation, rename and removal below SIMDISK_ROOT. What
// has not been synced is remembered with its old content. At the chosen operation the power goes
// off: each unsynced 512-byte sector is kept or lost by a seeded coin (torn writes), unsynced
// directory entries likewise, and the process dies by SIGKILL.
//
//   SIMDISK_ROOT   directory to watch (required)
//   SIMDISK_AT     number of the mutating operation at which something happens (1, 2, 3 ...; 0 never)
//   SIMDISK_WHAT   crash | kill | enospc | eio | short (default crash). kill dies without losing anything.
//                  After a sync that failed with eio, a later one does not bring the data back.
//   SIMDISK_FOR    how many operations the fault lasts from SIMDISK_AT on (default 1; faults only)
//   SIMDISK_SEED   seed of the coin
//   SIMDISK_LIES   1: syncs report success and make nothing durable (the control that must lose)
//   SIMDISK_COUNT  file that gets the number of operations so far, at the end
//   SIMDISK_BOOT   file read in place of /proc/sys/kernel/random/boot_id
//   SIMDISK_MAP    LMDB's memory maps are no larger than this many bytes, so that they get full
//   SIMDISK_PLUG   the power goes off once this file exists
//
// Build: cc -O2 -shared -fPIC -o simdisk.so simdisk.c -lpthread -ldl
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { SECTOR = 512, DESCRIPTORS = 65536 };
enum kind { WRITE, SIZE, CREATED, MADE_DIRECTORY, RENAMED, REMOVED, REMOVED_DIRECTORY };

// One effect that is not durable yet. Files are known by device and inode, so that a second
// descriptor of the same file syncs them too.
struct undo {
  struct undo *older;
  enum kind kind;
  int is_doomed;     // a sync of it failed: the kernel calls it clean, and it will never be written
  dev_t device;      // of the file (WRITE, SIZE) or of the directory that holds the entry
  ino_t inode;
  off_t offset, size;  // WRITE: where; SIZE: the size before
  size_t length;
  char *old;         // WRITE: content before; else the path, or the path before (RENAMED)
  char *path;        // RENAMED: path after
  char *backup;      // RENAMED over, REMOVED: a hard link that keeps the old file
};

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static struct undo *newest;
static char root[4096];
static size_t root_length;
static char watched[DESCRIPTORS];      // 1 below root, 2 opened with O_DSYNC or O_SYNC
static long operations, fault_at, fault_for;
static char what[16];
static int lies;
static uint64_t coin_state;


static ssize_t raw_pwrite(int fd, const void *data, size_t n, off_t at) {
  return syscall(SYS_pwrite64, fd, data, n, at);
}

static ssize_t raw_pread(int fd, void *data, size_t n, off_t at) {
  return syscall(SYS_pread64, fd, data, n, at);
}

static int raw_open(const char *path, int flags) {
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0600);
}

static int coin(void) {
  coin_state ^= coin_state << 13;
  coin_state ^= coin_state >> 7;
  coin_state ^= coin_state << 17;
  return (coin_state >> 33) & 1;
}

static long number(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text && *text ? atol(text) : otherwise;
}

static void write_count(void) {
  const char *path = getenv("SIMDISK_COUNT");
  int file = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
  if (file < 0) return;
  char text[32];
  int length = snprintf(text, sizeof text, "%ld\n", operations);
  if (syscall(SYS_write, file, text, length) != length) perror("simdisk: count");
  syscall(SYS_close, file);
}

// The process ends by itself: what was kept of removed files is not needed any more.
static void end(void) {
  write_count();
  for (const struct undo *undo = newest; undo; undo = undo->older)
    if (undo->backup) syscall(SYS_unlink, undo->backup);
}

static void power_off(void);

// Looks for the file that tells to pull the plug.
static void *watch_plug(void *path) {
  struct timespec pause = {0, 2000000};
  struct stat facts;
  while (stat(path, &facts)) nanosleep(&pause, NULL);
  pthread_mutex_lock(&lock);
  power_off();
  return NULL;
}

__attribute__((constructor)) static void begin(void) {
  const char *directory = getenv("SIMDISK_ROOT");
  if (!directory || !realpath(directory, root)) {
    fprintf(stderr, "simdisk: SIMDISK_ROOT is not a directory\n");
    _exit(2);
  }
  root_length = strlen(root);
  fault_at = number("SIMDISK_AT", 0);
  fault_for = number("SIMDISK_FOR", 1);
  lies = (int)number("SIMDISK_LIES", 0);
  const char *mode = getenv("SIMDISK_WHAT");
  snprintf(what, sizeof what, "%s", mode ? mode : "crash");
  coin_state = (uint64_t)number("SIMDISK_SEED", 1) * 0x9E3779B97F4A7C15ull + 0x1234567;
  for (int i = 0; i < 8; i++) coin();
  atexit(end);
  pthread_t thread;
  const char *plug = getenv("SIMDISK_PLUG");
  if (plug && pthread_create(&thread, NULL, watch_plug, (void *)plug)) _exit(2);
}

// The absolute path of `path` as seen from `at`; 0 when it lies outside the watched tree.
static int inside(int at, const char *path, char *out, size_t room) {
  char base[4096];
  if (path[0] == '/') {
    snprintf(out, room, "%s", path);
  } else {
    if (at == AT_FDCWD) {
      if (!getcwd(base, sizeof base)) return 0;
    } else {
      char link[64];
      snprintf(link, sizeof link, "/proc/self/fd/%d", at);
      ssize_t n = readlink(link, base, sizeof base - 1);
      if (n < 0) return 0;
      base[n] = 0;
    }
    snprintf(out, room, "%.2000s/%.2000s", base, path);
  }
  return !strncmp(out, root, root_length) && (out[root_length] == '/' || !out[root_length]);
}

static struct undo *remember(enum kind kind, dev_t device, ino_t inode) {
  struct undo *undo = calloc(1, sizeof *undo);
  undo->kind = kind;
  undo->device = device;
  undo->inode = inode;
  undo->older = newest;
  newest = undo;
  return undo;
}

static void forget(struct undo **link) {
  struct undo *undo = *link;
  *link = undo->older;
  if (undo->backup) {
    syscall(SYS_unlink, undo->backup);
    free(undo->backup);
  }
  free(undo->old);
  free(undo->path);
  free(undo);
}

// What a sync of this file or directory makes durable.
static void make_durable(int fd) {
  struct stat facts;
  if (fstat(fd, &facts)) return;
  for (struct undo **link = &newest; *link;) {
    if ((*link)->device == facts.st_dev && (*link)->inode == facts.st_ino && !(*link)->is_doomed)
      forget(link);
    else
      link = &(*link)->older;
  }
}

// What a failed sync of this file leaves in memory only.
static void doom(int fd) {
  struct stat facts;
  if (fstat(fd, &facts)) return;
  for (struct undo *undo = newest; undo; undo = undo->older)
    if (undo->device == facts.st_dev && undo->inode == facts.st_ino) undo->is_doomed = 1;
}

// Pages that are written again will be synced again.
static void revive(const struct stat *facts, off_t offset, size_t length) {
  for (struct undo *undo = newest; undo; undo = undo->older)
    if (undo->is_doomed && undo->device == facts->st_dev && undo->inode == facts->st_ino &&
        (undo->kind != WRITE || (undo->offset < offset + (off_t)length && offset < undo->offset + (off_t)undo->length)))
      undo->is_doomed = 0;
}

static void parent_of(const char *path, struct stat *facts) {
  char parent[4096];
  snprintf(parent, sizeof parent, "%s", path);
  char *slash = strrchr(parent, '/');
  if (slash && slash != parent) *slash = 0;
  memset(facts, 0, sizeof *facts);
  if (stat(parent, facts)) memset(facts, 0, sizeof *facts);
}

static void remember_entry(enum kind kind, const char *path, const char *after, char *backup) {
  struct stat facts;
  parent_of(path, &facts);
  struct undo *undo = remember(kind, facts.st_dev, facts.st_ino);
  undo->old = strdup(path);
  undo->path = after ? strdup(after) : NULL;
  undo->backup = backup;
}

// A hard link outside the watched tree's names that keeps a file which is about to go.
static char *keep(const char *path) {
  static int serial;
  struct stat facts;
  if (lstat(path, &facts) || !S_ISREG(facts.st_mode)) return NULL;
  char name[4200];
  snprintf(name, sizeof name, "%s.simdisk-%d-%d", root, (int)getpid(), serial++);
  return link(path, name) ? NULL : strdup(name);
}

static void undo_write(const struct undo *undo, int fd) {
  for (size_t done = 0; done < undo->length;) {
    size_t step = SECTOR - (size_t)((undo->offset + (off_t)done) % SECTOR);
    if (step > undo->length - done) step = undo->length - done;
    if (coin()) raw_pwrite(fd, undo->old + done, step, undo->offset + (off_t)done);
    done += step;
  }
}

// Finds an open descriptor or a path for an inode: the process's own descriptors are enough,
// and closed files are looked up through the path kept by their first write.
static int reopen(const struct undo *undo) {
  if (undo->path) {
    int fd = raw_open(undo->path, O_RDWR);
    struct stat facts;
    if (fd >= 0 && !fstat(fd, &facts) && facts.st_ino == undo->inode) return fd;
    if (fd >= 0) close(fd);
  }
  return -1;
}

static void remove_tree(const char *path) {
  char command[4300];
  snprintf(command, sizeof command, "rm -rf '%s'", path);
  unsetenv("LD_PRELOAD");
  if (system(command)) return;
}

static void undo_one(const struct undo *undo) {
  int fd;
  switch (undo->kind) {
    case WRITE:
      if ((fd = reopen(undo)) >= 0) undo_write(undo, fd), close(fd);
      break;
    case SIZE:
      if (coin() && (fd = reopen(undo)) >= 0) {
        if (syscall(SYS_ftruncate, fd, undo->size)) perror("simdisk: ftruncate");
        close(fd);
      }
      break;
    case CREATED:
      if (coin()) syscall(SYS_unlink, undo->old);
      break;
    case MADE_DIRECTORY:
      if (coin()) remove_tree(undo->old);
      break;
    case RENAMED:
      if (coin()) {
        syscall(SYS_rename, undo->path, undo->old);
        if (undo->backup) syscall(SYS_rename, undo->backup, undo->path);
      }
      break;
    case REMOVED_DIRECTORY:
      if (coin()) syscall(SYS_mkdir, undo->old, 0700);
      break;
    case REMOVED:
      if (coin() && undo->backup) syscall(SYS_rename, undo->backup, undo->old);
      break;
  }
}

// The process dies first, or its other threads would see what is lost; a child then takes it away.
// Whoever waits for the end of the process's output waits for the child too.
static void power_off(void) {
  pid_t process = getpid();
  if (fork()) {
    kill(process, SIGKILL);
    for (;;) pause();
  }
  struct timespec pause = {0, 100000};
  while (getppid() == process) nanosleep(&pause, NULL);
  for (const struct undo *undo = newest; undo; undo = undo->older) undo_one(undo);
  end();
  _exit(0);
}

// Counts a mutating operation; the errno of a fault that hits it, or 0. -1 asks for a short write.
static int next_operation(void) {
  operations++;
  if (!fault_at || operations < fault_at) return 0;
  if (!strcmp(what, "crash")) {
    if (operations == fault_at) power_off();
    return 0;
  }
  if (operations >= fault_at + fault_for) return 0;
  if (!strcmp(what, "kill")) {
    write_count();
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
  if (!strcmp(what, "enospc")) return ENOSPC;
  if (!strcmp(what, "eio")) return EIO;
  return -1;
}

static int is_watched(int fd) { return fd >= 0 && fd < DESCRIPTORS && watched[fd]; }

static char *path_of(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n < 0) return NULL;
  path[n] = 0;
  return strdup(path);
}

static void before_write(int fd, off_t offset, size_t length) {
  if (watched[fd] == 2 && !lies) return;
  struct stat facts;
  if (fstat(fd, &facts)) return;
  revive(&facts, offset, length);
  if (offset + (off_t)length > facts.st_size) {
    struct undo *size = remember(SIZE, facts.st_dev, facts.st_ino);
    size->size = facts.st_size;
    size->path = path_of(fd);
  }
  struct undo *undo = remember(WRITE, facts.st_dev, facts.st_ino);
  undo->offset = offset;
  undo->length = length;
  undo->old = calloc(1, length ? length : 1);
  undo->path = path_of(fd);
  raw_pread(fd, undo->old, length, offset);
}

static ssize_t watched_write(int fd, const void *data, size_t n, off_t at) {
  pthread_mutex_lock(&lock);
  int fault = next_operation();
  ssize_t result;
  if (fault > 0) {
    errno = fault;
    result = -1;
  } else {
    if (fault < 0 && n > 1) n = n / 2;
    before_write(fd, at, n);
    result = raw_pwrite(fd, data, n, at);
  }
  int saved = errno;
  pthread_mutex_unlock(&lock);
  errno = saved;
  return result;
}

ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at) {
  if (!is_watched(fd)) return raw_pwrite(fd, data, n, at);
  return watched_write(fd, data, n, at);
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at) { return pwrite64(fd, data, n, at); }

ssize_t write(int fd, const void *data, size_t n) {
  if (!is_watched(fd)) return syscall(SYS_write, fd, data, n);
  int append = fcntl(fd, F_GETFL) & O_APPEND;
  off_t at = lseek(fd, 0, append ? SEEK_END : SEEK_CUR);
  ssize_t done = watched_write(fd, data, n, at);
  if (done > 0) lseek(fd, at + done, SEEK_SET);
  return done;
}

static ssize_t gather(int fd, const struct iovec *parts, int count, off_t at) {
  size_t total = 0;
  for (int i = 0; i < count; i++) total += parts[i].iov_len;
  char *all = malloc(total ? total : 1);
  size_t filled = 0;
  for (int i = 0; i < count; i++) {
    memcpy(all + filled, parts[i].iov_base, parts[i].iov_len);
    filled += parts[i].iov_len;
  }
  ssize_t done = watched_write(fd, all, total, at);
  int saved = errno;
  free(all);
  errno = saved;
  return done;
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
  if (is_watched(fd)) return gather(fd, parts, count, at);
  return syscall(SYS_pwritev, fd, parts, count, (long)at, (long)(at >> 32 >> 32));
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  return pwritev64(fd, parts, count, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (!is_watched(fd)) return syscall(SYS_writev, fd, parts, count);
  off_t at = lseek(fd, 0, SEEK_CUR);
  ssize_t done = gather(fd, parts, count, at);
  if (done > 0) lseek(fd, at + done, SEEK_SET);
  return done;
}

static int watched_sync(int fd, long call) {
  pthread_mutex_lock(&lock);
  int fault = next_operation();
  int result = 0;
  if (fault > 0) {
    doom(fd);
    errno = fault;
    result = -1;
  } else if (!lies) {
    make_durable(fd);
    result = (int)syscall(call, fd);
  }
  int saved = errno;
  pthread_mutex_unlock(&lock);
  errno = saved;
  return result;
}

int fsync(int fd) {
  return is_watched(fd) ? watched_sync(fd, SYS_fsync) : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
  return is_watched(fd) ? watched_sync(fd, SYS_fdatasync) : (int)syscall(SYS_fdatasync, fd);
}

static int change_size(int fd, off_t size, int allocate) {
  pthread_mutex_lock(&lock);
  int fault = next_operation(), result;
  if (fault > 0) {
    errno = fault;
    result = -1;
  } else {
    struct stat facts;
    if (!fstat(fd, &facts) && facts.st_size != size) {
      if (size < facts.st_size) before_write(fd, size, (size_t)(facts.st_size - size));
      struct undo *undo = remember(SIZE, facts.st_dev, facts.st_ino);
      undo->size = facts.st_size;
      undo->path = path_of(fd);
    }
    result = (int)(allocate ? syscall(SYS_fallocate, fd, 0, 0, size) : syscall(SYS_ftruncate, fd, size));
  }
  int saved = errno;
  pthread_mutex_unlock(&lock);
  errno = saved;
  return result;
}

int ftruncate64(int fd, off64_t size) {
  return is_watched(fd) ? change_size(fd, size, 0) : (int)syscall(SYS_ftruncate, fd, size);
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int fallocate64(int fd, int mode, off64_t offset, off64_t length) {
  if (!is_watched(fd) || mode) return (int)syscall(SYS_fallocate, fd, mode, offset, length);
  return change_size(fd, offset + length, 1);
}

int fallocate(int fd, int mode, off_t offset, off_t length) {
  return fallocate64(fd, mode, offset, length);
}

int posix_fallocate64(int fd, off64_t offset, off64_t length) {
  return fallocate64(fd, 0, offset, length) ? errno : 0;
}

int posix_fallocate(int fd, off_t offset, off_t length) {
  return posix_fallocate64(fd, offset, length);
}

static int open_watched(int at, const char *path, int flags, mode_t mode) {
  char full[4096];
  const char *boot = getenv("SIMDISK_BOOT");
  if (boot && !strcmp(path, "/proc/sys/kernel/random/boot_id")) path = boot;
  if (!inside(at, path, full, sizeof full))
    return (int)syscall(SYS_openat, at, path, flags, mode);
  pthread_mutex_lock(&lock);
  struct stat facts;
  int creates = (flags & O_CREAT) && lstat(full, &facts);
  int fault = creates ? next_operation() : 0, fd;
  if (fault > 0) {
    errno = fault;
    fd = -1;
  } else {
    fd = (int)syscall(SYS_openat, at, path, flags, mode);
    if (fd >= 0 && fd < DESCRIPTORS) watched[fd] = flags & (O_DSYNC | O_SYNC) & ~O_LARGEFILE ? 2 : 1;
    if (fd >= 0 && creates) remember_entry(CREATED, full, NULL, NULL);
  }
  int saved = errno;
  pthread_mutex_unlock(&lock);
  errno = saved;
  return fd;
}

static mode_t mode_of(int flags, va_list list) {
  return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(list, int) : 0;
}

#define OPENER(name)                                   \
  int name(const char *path, int flags, ...) {         \
    va_list list;                                      \
    va_start(list, flags);                             \
    mode_t mode = mode_of(flags, list);                \
    va_end(list);                                      \
    return open_watched(AT_FDCWD, path, flags, mode);  \
  }
OPENER(open)
OPENER(open64)

#define OPENER_AT(name)                                    \
  int name(int at, const char *path, int flags, ...) {     \
    va_list list;                                          \
    va_start(list, flags);                                 \
    mode_t mode = mode_of(flags, list);                    \
    va_end(list);                                          \
    return open_watched(at, path, flags, mode);            \
  }
OPENER_AT(openat)
OPENER_AT(openat64)

int close(int fd) {
  if (fd >= 0 && fd < DESCRIPTORS) watched[fd] = 0;
  return (int)syscall(SYS_close, fd);
}

int rename(const char *from, const char *to) {
  char old[4096], new[4096];
  if (!inside(AT_FDCWD, from, old, sizeof old) || !inside(AT_FDCWD, to, new, sizeof new))
    return (int)syscall(SYS_rename, from, to);
  pthread_mutex_lock(&lock);
  int fault = next_operation(), result;
  if (fault > 0) {
    errno = fault;
    result = -1;
  } else {
    char *backup = keep(new);
    result = (int)syscall(SYS_rename, from, to);
    if (!result) remember_entry(RENAMED, old, new, backup);
  }
  int saved = errno;
  pthread_mutex_unlock(&lock);
  errno = saved;
  return result;
}

static int remove_watched(const char *path) {
  char full[4096];
  if (!inside(AT_FDCWD, path, full, sizeof full)) return (int)syscall(SYS_unlink, path);
  pthread_mutex_lock(&lock);
  int fault = next_operation(), result;
  if (fault > 0) {
    errno = fault;
    result = -1;
  } else {
    char *backup = keep(full);
    result = (int)syscall(SYS_unlink, path);
    if (!result) remember_entry(REMOVED, full, NULL, backup);
  }
  int saved = errno;
  pthread_mutex_unlock(&lock);
  errno = saved;
  return result;
}

int unlink(const char *path) { return remove_watched(path); }

int rmdir(const char *path) {
  char full[4096];
  if (!inside(AT_FDCWD, path, full, sizeof full)) return (int)syscall(SYS_rmdir, path);
  pthread_mutex_lock(&lock);
  int fault = next_operation(), result;
  if (fault > 0) {
    errno = fault;
    result = -1;
  } else {
    result = (int)syscall(SYS_rmdir, path);
    if (!result) remember_entry(REMOVED_DIRECTORY, full, NULL, NULL);
  }
  int saved = errno;
  pthread_mutex_unlock(&lock);
  errno = saved;
  return result;
}

int symlink(const char *target, const char *path) {
  char full[4096];
  if (!inside(AT_FDCWD, path, full, sizeof full)) return (int)syscall(SYS_symlink, target, path);
  pthread_mutex_lock(&lock);
  int fault = next_operation(), result;
  if (fault > 0) {
    errno = fault;
    result = -1;
  } else {
    result = (int)syscall(SYS_symlink, target, path);
    if (!result) remember_entry(CREATED, full, NULL, NULL);
  }
  int saved = errno;
  pthread_mutex_unlock(&lock);
  errno = saved;
  return result;
}

int mkdir(const char *path, mode_t mode) {
  char full[4096];
  if (!inside(AT_FDCWD, path, full, sizeof full)) return (int)syscall(SYS_mkdir, path, mode);
  pthread_mutex_lock(&lock);
  int fault = next_operation(), result;
  if (fault > 0) {
    errno = fault;
    result = -1;
  } else {
    result = (int)syscall(SYS_mkdir, path, mode);
    if (!result) remember_entry(MADE_DIRECTORY, full, NULL, NULL);
  }
  int saved = errno;
  pthread_mutex_unlock(&lock);
  errno = saved;
  return result;
}

int mdb_env_set_mapsize(void *environment, size_t size) {
  int (*next)(void *, size_t) = (int (*)(void *, size_t))dlsym(RTLD_NEXT, "mdb_env_set_mapsize");
  size_t most = (size_t)number("SIMDISK_MAP", 0);
  return next(environment, most && most < size ? most : size);
}
