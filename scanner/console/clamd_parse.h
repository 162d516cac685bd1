/* clamd_parse.h: what a client of clamd says (clamd(8), COMMANDS), read piece by piece.
 *
 * "zPING\0", "nPING\n", "PING\n"; behind INSTREAM pieces of a length (4 bytes, big-endian) and as
 * many bytes, the length 0 ends. */
#ifndef MSH_CONSOLE_CLAMD_PARSE_H
#define MSH_CONSOLE_CLAMD_PARSE_H

#include <mishen/types.h>

enum { CLAMD_LINE = 4200, CLAMD_PIECE_MAX = 256 << 20 };

typedef enum clamd_event {
    CLAMD_MORE, /* all was read; nothing to do */
    CLAMD_PING,
    CLAMD_VERSION,
    CLAMD_COMMANDS, /* VERSIONCOMMANDS */
    CLAMD_STREAM,   /* INSTREAM: pieces follow */
    CLAMD_DATA,     /* a piece, or a part of one */
    CLAMD_STREAM_END,
    CLAMD_SCAN, /* path in parser->line */
    CLAMD_BAD   /* cannot go on */
} clamd_event;

typedef struct clamd_parser {
    char line[CLAMD_LINE]; /* the command; of SCAN the path */
    size_t n;
    bool begun, in_stream, bad;
    char end; /* of commands and answers: NUL or LF */
    uint8_t length[4];
    size_t n_length;
    uint32_t left; /* of the piece */
} clamd_parser;

/* The next event; *in is moved behind what was read. data: of CLAMD_DATA. */
clamd_event clamd_next(clamd_parser *p, msh_view *in, msh_view *data);

#endif
