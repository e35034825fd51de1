/*
 * rule_layers: the rules that are no row of rules_valise, for
 * `valise explain`: a layer of its own keeps each of them.
 */
#ifndef CLI_RULE_LAYERS_H
#define CLI_RULE_LAYERS_H

#include "proto/err.h"

struct rule_layer {
    uint16_t v;
    const char *by;             /* who keeps it */
    const char *source;
    const char *words;          /* NULL: words and code are those of the
                                 * errors with the rule's number */
    enum err code;
};

/* Texts are marked for translation and not translated yet. */
extern const struct rule_layer rule_layers[];
extern const size_t rule_layers_n;

#endif
