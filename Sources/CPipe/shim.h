#ifndef AURELIS_CPIPE_H
#define AURELIS_CPIPE_H

#if defined(__linux__)
/* Swift sees only what the C library declares without _GNU_SOURCE. */
int pipe2(int ends[2], int flags);

static inline int aurelis_pipe2(int *ends, int flags) { return pipe2(ends, flags); }
#endif

#endif
