#define _GNU_SOURCE
#include "CPlatform.h"
#include <sys/syscall.h>
#include <unistd.h>

int32_t daybook_thread_id(void) { return (int32_t)syscall(SYS_gettid); }
