/* channel.c: sendmsg and recvmsg with descriptors; the only calls by which a locked process speaks.
 */
#define _GNU_SOURCE
#include "worker/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

typedef union control {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(MSH_CHANNEL_FDS * sizeof(int))];
} control;

bool msh_channel_send(int socket, msh_view bytes, const int *fds, size_t n_fds, int flags)
{
    struct iovec part = {(void *)(uintptr_t)bytes.data, bytes.len};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    control c;
    if (n_fds) {
        memset(&c, 0, sizeof c);
        m.msg_control = c.bytes;
        m.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        struct cmsghdr *head = CMSG_FIRSTHDR(&m);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
        memcpy(CMSG_DATA(head), fds, n_fds * sizeof(int));
    }
    ssize_t n;
    do
        n = sendmsg(socket, &m, MSG_NOSIGNAL | flags);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)bytes.len;
}

ssize_t msh_channel_receive(int socket, void *to, size_t size, int *fds, int flags)
{
    struct iovec part = {to, size};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    control c;
    if (fds) {
        fds[0] = fds[1] = -1;
        m.msg_control = c.bytes;
        m.msg_controllen = sizeof c.bytes;
    }
    ssize_t n;
    do
        n = recvmsg(socket, &m, MSG_CMSG_CLOEXEC | flags);
    while (n < 0 && errno == EINTR);
    struct cmsghdr *head = fds && n >= 0 ? CMSG_FIRSTHDR(&m) : NULL;
    if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS) {
        size_t len = head->cmsg_len - CMSG_LEN(0);
        memcpy(fds, CMSG_DATA(head), len < sizeof(int) * 2 ? len : sizeof(int) * 2);
    }
    if (n >= 0 && (m.msg_flags & MSG_TRUNC)) {
        errno = EMSGSIZE;
        return -1;
    }
    return n;
}
