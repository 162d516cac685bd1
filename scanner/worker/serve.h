/* serve.h: how much a worker may say about one item; the supervisor holds it to that. */
#ifndef MSH_WORKER_SERVE_H
#define MSH_WORKER_SERVE_H

enum {
    MSH_SERVE_OUTCOMES = 10000, /* further ones only for reasons not yet said */
    MSH_SERVE_BYTES = 4 << 20,  /* then hits without further places; at twice as much none */
    MSH_SERVE_MOST = 12 << 20   /* what the supervisor takes, texts apart */
};

#endif
