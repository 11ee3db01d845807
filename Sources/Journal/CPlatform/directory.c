#define _GNU_SOURCE
#include "CPlatformFiles.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

int daybook_make_directory(const char *path, uint32_t mode) {
  return mkdir(path, mode) == 0 ? 0 : -errno;
}

int daybook_remove_file(const char *path) { return unlink(path) == 0 ? 0 : -errno; }

int daybook_remove_directory(const char *path) { return rmdir(path) == 0 ? 0 : -errno; }

int daybook_rename(const char *from, const char *to) { return rename(from, to) == 0 ? 0 : -errno; }

int daybook_link(const char *target, const char *path) {
  return symlink(target, path) == 0 ? 0 : -errno;
}

int daybook_list(const char *path, void *context, void (*each)(void *context, const char *name)) {
  DIR *directory = opendir(path);
  if (!directory) return -errno;
  int code = 0;
  for (;;) {
    errno = 0;  // readdir tells an error from the end only by errno
    struct dirent *entry = readdir(directory);
    if (!entry) {
      code = -errno;
      break;
    }
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      each(context, entry->d_name);
  }
  closedir(directory);
  return code;
}

int daybook_volume_of(const char *path, daybook_volume *volume) {
  struct statfs from;
  if (statfs(path, &from) != 0) return -errno;
  volume->magic = (uint64_t)from.f_type & 0xffffffff;
  volume->free_bytes = (uint64_t)from.f_bavail * (uint64_t)from.f_bsize;
  volume->total_bytes = (uint64_t)from.f_blocks * (uint64_t)from.f_bsize;
  return 0;
}
