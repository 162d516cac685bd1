/* net.h: sockets to listen on. */
#ifndef MSH_CONSOLE_NET_H
#define MSH_CONSOLE_NET_H

#include <mishen/error.h>

typedef struct net_address {
    bool is_unix, loopback;
    char port[8];    /* of TCP */
    char shown[300]; /* "127.0.0.1:8733", "unix:/run/x" */
    int fd;          /* listening, non-blocking */
} net_address;

/* "127.0.0.1:8733", "[::1]:8733", "unix:/path" or a path beginning with "/". beyond: addresses that
 * are not loopback are taken as well. The socket's file is 0660. MSH_E_OPTION, MSH_E_NAMED. */
MSH_MUST_CHECK msh_err net_listen(const char *text, bool beyond, net_address *out, msh_error *why);
/* The file of a unix socket of ours goes. */
void net_remove(const net_address *a);
/* The first socket that systemd passed, false when there is none. */
bool net_passed(net_address *out);

#endif
