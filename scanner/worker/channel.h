/* channel.h: packets with at most two descriptors over a SOCK_SEQPACKET socket. */
#ifndef MSH_WORKER_CHANNEL_H
#define MSH_WORKER_CHANNEL_H

#include <mishen/types.h>

#include <sys/types.h>

enum { MSH_CHANNEL_FDS = 2 };

/* Sends one packet; over EINTR. flags: MSG_DONTWAIT or 0. false with errno. */
bool msh_channel_send(int socket, msh_view bytes, const int *fds, size_t n_fds, int flags);
/* Receives one packet into at most `size` bytes. Returns its length, 0 at the end, -1 with errno; a
 * packet that is longer gives -1 with EMSGSIZE. fds: MSH_CHANNEL_FDS places, filled with -1 where
 * nothing came; NULL = take none (what is sent is dropped by the kernel). */
ssize_t msh_channel_receive(int socket, void *to, size_t size, int *fds, int flags);

#endif
