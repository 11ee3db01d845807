// The few C functions Swift cannot call safely: syscalls that return -errno, the thread id, CRC32C.
// They are real functions in .c files, never inline: glibc declares errno access and pthread_self()
// const, and the Swift optimiser would reuse their results across an `await`.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "CPlatformNetwork.h"

/// The kernel's id of the calling thread.
int32_t daybook_thread_id(void);
