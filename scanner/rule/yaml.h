/* yaml.h: a strict part of YAML 1.1 as a tree of nodes (matching.md section 6).
 *
 * One document of maps, lists and strings. Refused: anchors, aliases, tags, directives, duplicate
 * keys, keys that are not plain words, more than 16 levels, what is not UTF-8, a full-width colon
 * after a known key (libyaml would blame the line after it). */
#ifndef MSH_RULE_YAML_H
#define MSH_RULE_YAML_H

#include "rule/kind.h"

/* name: for messages; known: the keys that such a file may have. The tree is in `a`, and so are its
 * strings; *root is NULL when the file holds nothing. Errors: MSH_E_RULES with
 * "name:line:column: 错误：… / error: …", MSH_E_MEMORY. */
MSH_MUST_CHECK msh_err msh_yaml_read(msh_arena *a, const char *name, msh_view bytes,
                                     bool (*known)(msh_view key), msh_node **root, msh_error *why);
/* Fills why with that form and returns MSH_E_RULES. */
typedef struct msh_yaml_at {
    const char *name;
    size_t line, column; /* from 1 */
} msh_yaml_at;
/* The end of a path, for messages, not cut inside a character. */
void msh_yaml_tail(const char *path, char *out, size_t size);
msh_err msh_yaml_refuse(msh_yaml_at at, const char *zh, const char *en, msh_error *why);

#endif
